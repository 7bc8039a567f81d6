export { type BubblewrapOptions, type BubblewrapSandbox, bubblewrapSandbox } from "./bubblewrap.ts";
export { InvalidJob, SandboxUnavailable } from "./errors.ts";
export type {
  Isolation,
  Limits,
  OutputFile,
  Outputs,
  RefusedOutput,
  Sandbox,
  SandboxJob,
  SandboxOutcome,
  SandboxStatus,
  SandboxUsage,
} from "./job.ts";
export { openSandbox, probeSandboxes, type SandboxOptions, type SandboxProbe } from "./open.ts";
export {
  type RestrictedProcessOptions,
  type RestrictedProcessSandbox,
  restrictedProcessSandbox,
} from "./restricted-process.ts";
export { removeTree } from "./scratch.ts";
