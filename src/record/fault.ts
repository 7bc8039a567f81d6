/**
 * Something is wrong with what a person or a file gave us. Shown as one line that names the place,
 * the cause and the remedy; the command line ends with exit code 2.
 */
export class Fault extends Error {
  override readonly name: string = "Fault";
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(place: string, problem: string, remedy: string) {
    super(`${place}: ${problem}. ${remedy}`.replace(/\s*\n\s*/g, " "));
    this.place = place;
    this.problem = problem;
    this.remedy = remedy;
  }
}
