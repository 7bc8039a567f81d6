/**
 * The record: content-addressed objects and the hash-chained ledger. Nothing here knows what a
 * study is; it knows only that what was written stays as it was written.
 */
export { canonicalJson, type Hash, hashBytes, hashJson, isHash, type Json } from "./canonical.ts";
export { Fault } from "./fault.ts";
export type { EventDraft, EventFilter, Ledger, LedgerEvent } from "./ledger.ts";
export { type AppendFile, LedgerFailed, openFileLedger } from "./ledger-file.ts";
export { memoryLedger } from "./ledger-memory.ts";
export { openPostgresLedger } from "./ledger-postgres.ts";
export {
  type LedgerFinding,
  type ParsedLedger,
  parseLedger,
  verifyLedger,
} from "./ledger-verify.ts";
export { acquireLock, LabBusy } from "./lock.ts";
export {
  CorruptObject,
  folderObjectStore,
  getJson,
  MissingObject,
  memoryObjectStore,
  type ObjectStore,
  putJson,
  writeDurably,
} from "./objects.ts";
export {
  ephemeralWitness,
  type Head,
  openWitness,
  rememberedHead,
  type Witness,
} from "./signing.ts";
