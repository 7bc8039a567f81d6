import { isHidden } from "../../record/index.ts";

/** Whether a link may be followed from an article. */
export function isWebAddress(url: string): boolean {
  if (!/^https?:\/\//i.test(url) || [...url].some(isHidden) || !URL.canParse(url)) return false;
  const parsed = new URL(url);
  return parsed.username === "" && parsed.password === "";
}
