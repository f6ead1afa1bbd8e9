// Where things lie in a day: minutes on the business's clock, lanes for what overlaps, the hours worth showing.

import { MINUTE, dayKey, fields, instant, startOfDay, WEEK, weekdayNumber } from "../core/time.js";

export const SNAP = 15; // minutes
export const FINE_SNAP = 5;
const LEAST = 15; // minutes that even the shortest booking takes up on the screen
const DEFAULT_HOURS = [8 * 60, 18 * 60];
const FULL = 24 * 60;
const QUARTER = 15 * MINUTE;
const LOOK_AHEAD_DAYS = 14;

/** Minutes since midnight that the business's clock shows. */
export function minutesOf(at) {
  const { hour, minute } = fields(at);
  return hour * 60 + minute;
}

/** The instant at which the clock shows `minutes` on the day that begins at `midnight`. */
export function atMinute(midnight, minutes) {
  const { year, month, day } = fields(midnight);
  return instant(year, month, day, 0, minutes);
}

const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** When the business is open on a day, as [from, to] in minutes; null when we do not know. */
export function openings(settings, day, key) {
  if (!settings?.hours) return null;
  if (settings.closed_days?.includes(key)) return [];
  return (settings.hours[WEEK[weekdayNumber(day)]] ?? []).map(({ opens, closes }) => [minutes(opens), minutes(closes) || FULL]);
}

/** The first quarter of an hour from `at` on at which the business is open; the next one where it is not known when. */
export function nextSlot(settings, at) {
  const quarter = Math.ceil(at / QUARTER) * QUARTER;
  for (let n = 0; n < LOOK_AHEAD_DAYS; n++) {
    const day = startOfDay(at, n);
    for (const [opens, closes] of openings(settings, day, dayKey(day)) ?? [[0, FULL]]) {
      const slot = Math.max(quarter, atMinute(day, opens));
      if (slot < atMinute(day, closes)) return slot;
    }
  }
  return quarter;
}

/** What lies between the openings. */
export function closures(open, [from, to]) {
  const gaps = [];
  let at = from;
  for (const [opens, closes] of open) {
    if (opens > at) gaps.push([at, Math.min(opens, to)]);
    at = Math.max(at, closes);
  }
  if (at < to) gaps.push([at, to]);
  return gaps;
}

/** The span of the day to show, whole hours: every opening and every booking with an hour's air. */
export function hoursToShow(columns) {
  const spans = columns.flatMap(({ open, items }) => [...(open ?? []), ...items.map(spanOf)]);
  if (!spans.length) spans.push(DEFAULT_HOURS);
  const first = Math.min(...spans.map(([from]) => from), DEFAULT_HOURS[1] - 60);
  const last = Math.max(...spans.map(([, to]) => to), DEFAULT_HOURS[0] + 60);
  return [Math.max(0, Math.floor(first / 60) * 60 - 60), Math.min(FULL, Math.ceil(last / 60) * 60 + 60)];
}

/** A booking's [from, to] within its day, at least as long as can be seen. */
export function spanOf({ starts_at, ends_at }) {
  const from = minutesOf(starts_at);
  return [from, Math.min(FULL, Math.max(from + LEAST, from + Math.round((ends_at - starts_at) / 60_000)))];
}

/**
 * Lanes for what overlaps: by id `{lane, of, wide}`. Whatever touches shares its width; nobody leaves room empty that
 * could be used, so one that has nothing to its right takes the free lanes too.
 */
export function lanes(items) {
  const sorted = items.map((item) => ({ id: item.id, span: spanOf(item) })).sort((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1]);
  const found = new Map();
  let cluster = [];
  let until = -1;
  const close = () => {
    const of = Math.max(0, ...cluster.map(({ lane }) => lane + 1));
    for (const mine of cluster) {
      let wide = 1;
      const free = (lane) => !cluster.some((each) => each.lane === lane && each.span[0] < mine.span[1] && mine.span[0] < each.span[1]);
      while (mine.lane + wide < of && free(mine.lane + wide)) wide++;
      found.set(mine.id, { lane: mine.lane, of, wide });
    }
    cluster = [];
  };
  for (const each of sorted) {
    if (each.span[0] >= until) close();
    const taken = new Set(cluster.filter(({ span }) => span[1] > each.span[0]).map(({ lane }) => lane));
    let lane = 0;
    while (taken.has(lane)) lane++;
    cluster.push({ ...each, lane });
    until = Math.max(until, each.span[1]);
  }
  close();
  return found;
}

/** The most lanes that lie side by side. */
export const mostLanes = (laid) => Math.max(1, ...[...laid.values()].map(({ of }) => of));

/** Minutes to the nearest step of the grid. */
export const snap = (value, step) => Math.round(value / step) * step;
