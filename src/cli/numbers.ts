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
