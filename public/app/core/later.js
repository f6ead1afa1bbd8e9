// "Later" as people mean it: in an hour, this afternoon, tomorrow when we open, next week; on the business's clock.

import { clock, dayKey, fields, HOUR, instant, shortDay, startOfDay, startOfWeek, WEEK, weekdayNumber } from "./time.js";

const AFTERNOON = 14;
const OPENING = [9, 0];
const LOOK_AHEAD_DAYS = 14;

/** When the business opens on the day of `at` as [hour, minute], or null when it does not. */
function opening(at, { hours, closed = [] }) {
  if (closed.includes(dayKey(at))) return null;
  const weekday = weekdayNumber(at);
  if (!hours) return weekday < 5 ? OPENING : null;
  const first = hours[WEEK[weekday]]?.[0]?.opens;
  return first ? first.split(":").map(Number) : null;
}

/** The instant the business opens on the first working day from `days` after `at` on. */
function openingAfter(at, days, week) {
  for (let n = days; n < days + LOOK_AHEAD_DAYS; n++) {
    const day = startOfDay(at, n);
    const found = opening(day, week);
    if (found) return moment(day, ...found);
  }
  return moment(startOfDay(at, days), ...OPENING);
}

function moment(day, hour, minute) {
  const { year, month, day: number } = fields(day);
  return instant(year, month, number, hour, minute);
}

/** Choices: [{label, at, hint}]. `week`: {hours: {monday: [{opens, closes}]}, closed: ["2026-12-25"]}, or {}. */
export function laters(now, week = {}) {
  const found = [{ label: "In 1 hour", at: now + HOUR }];
  const afternoon = moment(startOfDay(now), AFTERNOON, 0);
  if (afternoon > now + HOUR / 2) found.push({ label: "This afternoon", at: afternoon });
  const tomorrow = openingAfter(now, 1, week);
  found.push({ label: tomorrow < startOfDay(now, 2) ? "Tomorrow" : "Next working day", at: tomorrow });
  const nextWeek = openingAfter(startOfWeek(now), 7, week);
  if (nextWeek > tomorrow) found.push({ label: "Next week", at: nextWeek });
  return found.map((each) => ({ ...each, hint: each.at < startOfDay(now, 1) ? clock(each.at) : `${shortDay(each.at)}, ${clock(each.at)}` }));
}
