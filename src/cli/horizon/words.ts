/**
 * Time that a human needs, as people say it: "24 s", "4.0 min", "5 h 42 min", "167 h". Hours are
 * hours of work, so they are not made into days. Minutes in; "no limit" for infinity.
 */
export function duration(minutes: number): string {
  if (Number.isNaN(minutes)) return "–";
  if (minutes === Infinity) return "no limit";
  if (minutes <= 0) return "0";
  const seconds = minutes * 60;
  if (seconds < 0.05) return "< 0.1 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${seconds.toFixed(0)} s`;
  if (minutes < 9.95) return `${minutes.toFixed(1)} min`;
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  if (hours < 100) return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
  return hours < 1e6 ? `${Math.round(minutes / 60).toLocaleString("en-GB")} h` : "> 1,000,000 h";
}

/** An interval of human time: "[3 h 12 min, 12 h]"; from ten hours on, its ends are whole hours. */
export function durationRange({
  low,
  high,
}: {
  readonly low: number;
  readonly high: number;
}): string {
  return Number.isNaN(low) ? "" : `[${duration(rough(low))}, ${duration(rough(high))}]`;
}

/** A ratio of two times: 0.33, 2.1, 250. */
export function factor(ratio: number): string {
  if (ratio === Infinity) return "no limit";
  if (ratio > 0 && ratio < 0.001) return "< 0.001";
  if (ratio > 10_000) return "> 10,000";
  return ratio >= 100 ? ratio.toFixed(0) : Number(ratio.toPrecision(2)).toString();
}

function rough(minutes: number): number {
  return minutes >= 600 && minutes < Infinity ? Math.round(minutes / 60) * 60 : minutes;
}

/** A chance of success as a column's title says it: 0.5 is "50 %", 0.999 is "99.9 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))} %`;
}
