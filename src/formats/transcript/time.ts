import type { Json } from "../../record/index.ts";

/**
 * A time as RFC 3339 in UTC, with the digits of its fraction kept, so that times of one run compare
 * across formats. Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970, told by
 * their size. What is no time comes back as it was written; undefined where nothing is.
 */
export function utcTime(time: Json | undefined): string | undefined {
  if (typeof time === "number") return fromEpoch(time);
  if (typeof time !== "string" || time === "") return undefined;
  if (last !== undefined) {
    const known = withinLast(last, time);
    if (known !== undefined) return known;
  }
  if (UTC.test(time)) return time;
  if (time.endsWith("+00:00") && UTC.test(`${time.slice(0, -6)}Z`)) return `${time.slice(0, -6)}Z`;
  if (time.length < 20 && /^\d{9,19}$/.test(time)) return fromDigits(time);
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i.exec(
    time,
  );
  if (parts === null) return time;
  const [, day, clock, fraction = "", zone = "Z"] = parts;
  const offset = /\d$/.test(zone) ? zone.replace(/(\d\d):?(\d\d)$/, "$1:$2") : "Z";
  const at = new Date(`${day}T${clock}${offset}`);
  if (Number.isNaN(at.getTime())) return time;
  const utc = at.toISOString();
  // Most zones are whole hours away, so that the minutes stay as they are.
  const kept = zone === "Z" || zone.endsWith("00") ? 13 : 16;
  last = { asked: `${day}T${clock}`.slice(0, kept), zone, answer: utc.slice(0, kept) };
  return `${utc.slice(0, 19)}${fraction}Z`;
}

/** Whether it is a time as `utcTime` writes it. */
export function isUtcTime(time: string): boolean {
  return UTC.test(time);
}

/** An hour or a minute as written and in UTC. */
interface Span {
  readonly asked: string;
  readonly zone: string;
  readonly answer: string;
}

/** The last that was converted: many events of a run come in one. */
let last: Span | undefined;

function withinLast({ asked, zone, answer }: Span, time: string): string | undefined {
  if (!time.startsWith(asked) || !time.endsWith(zone)) return undefined;
  const end = time.length - zone.length;
  return isRestOfTime(time, asked.length, end)
    ? `${answer}${time.slice(asked.length, end)}Z`
    : undefined;
}

/** Whether `:08:05` or `:05` stands there up to the 19th character, then at most nine digits. */
function isRestOfTime(time: string, from: number, end: number): boolean {
  if (end < 19 || end === 20 || end > 29) return false;
  for (let at = from; at < 19; at += 3) {
    if (time.charCodeAt(at) !== COLON || time.charCodeAt(at + 1) > FIVE) return false;
    if (!isDigit(time.charCodeAt(at + 1)) || !isDigit(time.charCodeAt(at + 2))) return false;
  }
  if (end > 19 && time.charCodeAt(19) !== DOT) return false;
  for (let at = 20; at < end; at++) if (!isDigit(time.charCodeAt(at))) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

const [COLON, DOT, ZERO, FIVE, NINE] = [0x3a, 0x2e, 0x30, 0x35, 0x39];

/** As it is to be: nearly all are, and a million of them are read. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** OTLP counts nanoseconds, which a double cannot hold. */
function fromDigits(digits: string): string | undefined {
  const places = [9, 6, 3, 0].find((count) => digits.length - count >= 9) ?? 0;
  const seconds = new Date(Number(digits.slice(0, digits.length - places)) * 1000);
  if (Number.isNaN(seconds.getTime())) return digits;
  const fraction = digits
    .slice(digits.length - places)
    .replace(/0+$/, "")
    .padEnd(3, "0");
  return `${seconds.toISOString().slice(0, 19)}.${fraction}Z`;
}

function fromEpoch(count: number): string | undefined {
  const scale = [1e3, 1, 1e-3, 1e-6][[1e11, 1e14, 1e17].filter((bound) => count >= bound).length]!;
  const at = new Date(count * scale);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
