/**
 * What a statistics function throws when its input cannot give an honest answer.
 * `where` names the function and argument, `reason` says what is wrong with it, `remedy` what to do.
 */
export class StatisticsInputError extends RangeError {
  override readonly name = "StatisticsInputError";
  readonly where: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(where: string, reason: string, remedy: string) {
    super(`${where}: ${reason}; ${remedy}`);
    this.where = where;
    this.reason = reason;
    this.remedy = remedy;
  }
}

/**
 * What an iterative fit throws when it cannot reach its stated accuracy on the data it was given.
 */
export class ConvergenceError extends Error {
  override readonly name = "ConvergenceError";
  readonly where: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(where: string, reason: string, remedy: string) {
    super(`${where}: ${reason}; ${remedy}`);
    this.where = where;
    this.reason = reason;
    this.remedy = remedy;
  }
}
