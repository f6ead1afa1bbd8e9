// Instants are ms UTC; people read them on the clock of the business, wherever their own browser is.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The days as settings name them; the week begins with the first. */
export const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

let zone = "UTC";
let locale = "en";
let ahead = 0;
const formats = new Map();
const watchers = new Set();

/** The business's zone and language; everything below is in them. */
export function setClock(timeZone, language) {
  [zone, locale] = [timeZone, language || "en"];
  formats.clear();
}
export const zoneName = () => zone;

const NEAR = 2_000; // less is the way the answer took

/** The business's clock: ours, corrected by what the server says. */
export const present = () => Date.now() + ahead;

/** Sets the clock so many ms before ours, in whole ones: the server takes no others. Whoever watches it is told. */
export function setAhead(by) {
  const ms = Math.round(by);
  if (Math.abs(ms - ahead) < NEAR) return;
  ahead = Math.abs(ms) < NEAR ? 0 : ms;
  watchers.forEach((watch) => watch());
}
export const aheadBy = () => ahead;

/** `watch()` runs when the clock was set. Returns how to stop. */
export function watchClock(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** One formatter for each way of writing: making them is slow, using them is not. */
function format(options, language = locale, timeZone = zone) {
  const key = JSON.stringify([options, language, timeZone]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { timeZone, ...options }));
  return formats.get(key);
}

const FIELDS = { hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };

/** Calendar fields of an instant: {year, month, day, hour, minute, second}. */
export function fields(at, timeZone = zone) {
  const parts = format(FIELDS, "en-US", timeZone).formatToParts(at);
  return Object.fromEntries(parts.filter(({ type }) => type !== "literal").map(({ type, value }) => [type, Number(value)]));
}

const wall = ({ year, month, day, hour, minute, second }) => Date.UTC(year, month - 1, day, hour, minute, second);

/** The instant at which the wall clock of `timeZone` shows these fields; in a gap, the hour after it. */
export function instant(year, month, day, hour = 0, minute = 0, timeZone = zone) {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let at = wanted;
  // Twice: the first guess may lie on the other side of a change of the clock.
  for (let tries = 0; tries < 2; tries++) at += wanted - wall(fields(at, timeZone));
  return at;
}

/** Local midnight `days` after the day of `at`; 23 or 25 hours later where the clock changes. */
export function startOfDay(at, days = 0) {
  const { year, month, day } = fields(at);
  return instant(year, month, day + days);
}

/** Local midnight of the Monday on or before the day of `at`. */
export const startOfWeek = (at) => startOfDay(at, -weekdayNumber(at));

/** Which day of the week the day of `at` is: 0 for the first. */
export function weekdayNumber(at) {
  const { year, month, day } = fields(at);
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

/** `2026-11-21`, the day of `at`. */
export function dayKey(at) {
  const { year, month, day } = fields(at);
  return [year, String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
}

/** The local midnight of `2026-11-21`, or null for what is no day. */
export function dayOf(key) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key ?? "");
  return found ? instant(Number(found[1]), Number(found[2]), Number(found[3])) : null;
}

export const clock = (at) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
export const dayName = (at) => format({ weekday: "long", day: "numeric", month: "long" }).format(at);
export const shortDay = (at) => format({ weekday: "short", day: "numeric", month: "short" }).format(at);
export const weekday = (at) => format({ weekday: "short" }).format(at);
export const monthName = (at) => format({ month: "long", year: "numeric" }).format(at);
export const exact = (at) =>
  format({ weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" }).format(at);

/** The time alone today, with the day otherwise, with the year when it is another one. */
export function when(at, today = present()) {
  if (dayKey(at) === dayKey(today)) return clock(at);
  const year = fields(at).year === fields(today).year ? {} : { year: "numeric" };
  return `${format({ day: "numeric", month: "short", ...year }).format(at)}, ${clock(at)}`;
}

/** "in 2 h", "5 min ago"; rounded down, for a glance. */
export function ago(at, from = present()) {
  const gap = Math.abs(at - from);
  if (gap < MINUTE) return at > from ? "in a moment" : "just now";
  return at > from ? `in ${span(gap)}` : `${span(gap)} ago`;
}

/** "5 min", "2 h", "3 d": rounded down. */
export const span = (ms) => (ms < HOUR ? `${Math.floor(ms / MINUTE)} min` : ms < DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`);

/** Minutes as people say them. */
export const length = (ms) => (ms < HOUR || ms % HOUR ? `${Math.round(ms / MINUTE)} min` : `${ms / HOUR} h`);
