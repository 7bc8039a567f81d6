import type { Action, ActionBody, Place } from "./action.ts";

/** A text that stands in an event, and the way back to where it stands. */
export interface Found {
  readonly text: string;
  readonly at: Place;
  /** The place holds the text exactly. */
  readonly verbatim: boolean;
}

export function found(text: string, pointer: string): Found {
  return { text, at: { pointer, start: 0, end: text.length }, verbatim: true };
}

/** A part of a text, by its offsets. */
export function slice({ text, at, verbatim }: Found, start: number, end: number): Found {
  const part = text.slice(start, end);
  if (!verbatim) return { text: part, at, verbatim };
  return { text: part, at: { ...at, start: at.start + start, end: at.start + end }, verbatim };
}

/** What was made of a text: an unescaped string, a patch without its marks. */
export function madeOf({ at }: Found, text: string): Found {
  return { text, at, verbatim: false };
}

/** A part of a text that may have been changed on the way: exact where it still stands there. */
export function within(whole: Found, start: number, end: number, text: string): Found {
  const part = slice(whole, start, end);
  if (part.text === text) return part;
  return madeOf(part, text);
}

/** RFC 6901. */
export function join(pointer: string, ...keys: readonly (string | number)[]): string {
  const tokens = keys.map((key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1"));
  return [pointer, ...tokens].join("/");
}

/** Most that one event can hold: a text made of nothing but tiny commands is cut here. */
const MAX_ACTIONS = 5000;

/** The actions of an event as they are gathered. */
export interface Gathering {
  readonly actions: Action[];
}

/** Adds an action and gives its position. */
export function add(
  { actions }: Gathering,
  { at, verbatim }: Omit<Found, "text">,
  body: ActionBody,
  within?: number,
): number {
  if (actions.length >= MAX_ACTIONS) return MAX_ACTIONS - 1;
  actions.push({ at, verbatim, ...(within === undefined ? {} : { within }), ...body });
  return actions.length - 1;
}
