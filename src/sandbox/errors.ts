/** No sandbox on this machine may run the job; nothing of it has run. */
export class SandboxUnavailable extends Error {
  /** The sandbox that was tried. */
  readonly sandbox: string;
  readonly reason: string;
  /** One line: what to install or change here. */
  readonly remedy: string;

  constructor(sandbox: string, reason: string, remedy: string) {
    super(`the ${sandbox} sandbox cannot run this here: ${reason}. Remedy: ${remedy}`);
    this.name = "SandboxUnavailable";
    this.sandbox = sandbox;
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** The job is malformed; nothing of it has run. */
export class InvalidJob extends Error {
  /** The part of the job that is wrong, such as "limits.memoryMb". */
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.name = "InvalidJob";
    this.field = field;
  }
}
