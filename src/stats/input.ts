import { StatisticsInputError } from "./errors.ts";

/** Throws a `StatisticsInputError` unless the value is a finite number above zero. */
export function requirePositive(where: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new StatisticsInputError(where, `the value is ${value}`, "give a number above 0");
  }
}

/** Throws unless every value is a finite number and there are at least `least` of them. */
export function requireSample(where: string, values: ArrayLike<number>, least: number): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new StatisticsInputError(
        where,
        `value ${i} is ${values[i]}`,
        "drop or repair missing values before testing, and say so in the plan",
      );
    }
  }
  if (values.length < least) {
    throw new StatisticsInputError(
      where,
      `there ${values.length === 1 ? "is 1 value" : `are ${values.length} values`}`,
      `give at least ${least}`,
    );
  }
}

/** Throws unless the value lies strictly between 0 and 1. */
export function requireFraction(where: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new StatisticsInputError(where, `the value is ${value}`, "give a number between 0 and 1");
  }
}

/** Throws unless the value lies between 0 and 1, ends included. */
export function requireProbability(where: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new StatisticsInputError(where, `the value is ${value}`, "give a number from 0 to 1");
  }
}

/** Throws unless the value is an integer of at least `least`. */
export function requireCount(where: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new StatisticsInputError(
      where,
      `the value is ${value}`,
      `give an integer of at least ${least}`,
    );
  }
}

/** Throws unless two arrays that belong together are equally long. */
export function requireSameLength(where: string, first: number, second: number): void {
  if (first !== second) {
    throw new StatisticsInputError(
      where,
      `the lengths differ: ${first} and ${second}`,
      "give one entry for each pair",
    );
  }
}
