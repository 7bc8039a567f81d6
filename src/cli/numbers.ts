import { InvalidArgumentError } from "commander";

/** Parses an option that takes a whole number from 0 up. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`${option} takes a whole number, such as 3.`);
    }
    return value;
  };
}

/** Parses an option that takes a whole number from 1 up: nothing is done by none. */
export function atLeastOne(option: string): (text: string) => number {
  return (text) => {
    const value = wholeNumber(option)(text);
    if (value >= 1) return value;
    throw new InvalidArgumentError(`${option} takes a whole number from 1 up, such as 3.`);
  };
}

/** Parses an option that takes a share or a chance, 0 to 1. */
export function between0and1(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value <= 1)) {
      throw new InvalidArgumentError(`${option} takes a number from 0 to 1, such as 0.95.`);
    }
    return value;
  };
}
