/**
 * Something is wrong with what a person or a file gave us. Shown as one line that names the place,
 * the cause and the remedy; the command line ends with exit code 2.
 */
export class Fault extends Error {
  override readonly name: string = "Fault";
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(place: string, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${place}: ${problem}. ${remedy}`.replace(/\s*\n\s*/g, " "), options);
    this.place = place;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Something could not be written: the disk is full, read-only or broken. */
export class WriteFailed extends Fault {
  override readonly name: string = "WriteFailed";
}

/** Says in one line what a failed write means and what to do; `place` is what was written to. */
export function writeFailed(place: string, error: unknown): WriteFailed {
  if (error instanceof WriteFailed) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const [problem, remedy] = diagnose(code, message);
  return new WriteFailed(place, problem, remedy, { cause: error });
}

function diagnose(code: string | undefined, message: string): readonly [string, string] {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return [
        "the disk is full; nothing acknowledged was lost",
        "Free some space and run the same command again",
      ];
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return [`writing is not allowed here (${code})`, "Give this user the right to write there"];
    default:
      return [`writing failed (${message})`, "Mend the disk and run the same command again"];
  }
}
