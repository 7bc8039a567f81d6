import { Fault } from "../record/index.ts";
import { SandboxUnavailable } from "../sandbox/index.ts";

/** Throws what a missing sandbox means to people; any other error as it is. */
export function faultOfSandbox(error: unknown): never {
  if (!(error instanceof SandboxUnavailable)) throw error;
  throw new Fault(`the ${error.sandbox} sandbox`, error.reason, error.remedy, { cause: error });
}
