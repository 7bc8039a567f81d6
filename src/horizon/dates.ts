import { Fault } from "../record/index.ts";

const MS_PER_DAY = 86_400_000;

/**
 * The day of a calendar date, counted from 1970-01-01, which is 0. A time of day after the date is
 * left out. Throws a Fault that names `place` for anything that is no date.
 */
export function dayOf(iso: string, place = "date"): number {
  const date = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(iso)?.[0] ?? "";
  const day = Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
  // JavaScript reads February 31st as March 3rd.
  if (Number.isNaN(day) || isoDate(day) !== date) {
    throw new Fault(place, `"${iso}" is not a date`, "Write it as year-month-day, like 2025-02-24");
  }
  return day;
}

/**
 * The calendar date of a day since 1970-01-01, as METR prints it: the time of day is cut off.
 * "never" for Infinity and for days beyond what calendars hold, "unknown" for NaN.
 */
export function isoDate(day: number): string {
  if (Number.isNaN(day)) return "unknown";
  const date = new Date(Math.floor(day) * MS_PER_DAY);
  return Number.isNaN(date.getTime()) ? "never" : date.toISOString().split("T")[0]!;
}
