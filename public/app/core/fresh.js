// When answers on the screen are asked for again: soon after a hint, never in bursts, never while it would disturb.

const SOON_MS = 30; // hints of one commit come together
const GAP_MS = 900; // between two askings of one answer
const POURING = 8; // askings in a row, after which the gap is
const LONGEST_MS = 3000; // until it has been quiet for as long
const TRIES = 5; // of an answer that failed for no reason of its own
const shown = new Set();
let held = 0;

const quietNow = () => held > 0 || document.visibilityState === "hidden";

function plan(entry) {
  if (!entry.stale || entry.timer || quietNow()) return;
  const wait = Math.max(SOON_MS, entry.asked + entry.gap - performance.now());
  entry.timer = setTimeout(async () => {
    entry.timer = 0;
    if (quietNow() || !shown.has(entry)) return;
    entry.row = performance.now() - entry.asked < 2 * LONGEST_MS ? entry.row + 1 : 0;
    entry.gap = entry.row > POURING ? LONGEST_MS : GAP_MS;
    entry.stale = false;
    entry.asked = performance.now();
    const answered = await entry.ask();
    entry.failed = answered ? 0 : entry.failed + 1;
    if (!answered && entry.failed < TRIES) [entry.stale, entry.gap] = [true, LONGEST_MS];
    plan(entry);
  }, wait);
}

function mark(entry) {
  entry.stale = true;
  plan(entry);
}

/**
 * An answer on the screen: `concerns(hint)` says whether a hint is about it; `ask()` asks again without a word, and
 * returns false when it is worth asking once more.
 */
export function show(concerns, ask) {
  const entry = { concerns, ask, stale: false, timer: 0, asked: performance.now(), gap: GAP_MS, row: 0, failed: 0 };
  shown.add(entry);
  return () => {
    shown.delete(entry);
    clearTimeout(entry.timer);
  };
}

/** Marks what these hints are about. */
export function heard(hints) {
  for (const entry of shown) if (hints.some(entry.concerns)) mark(entry);
}

/** Marks everything on the screen: we cannot tell what was missed. */
export const doubt = () => shown.forEach(mark);

/** Nothing on the screen changes under a hand that drags: until the returned function is called. */
export function hold() {
  held += 1;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    held -= 1;
    shown.forEach(plan);
  };
}

document.addEventListener("visibilitychange", () => shown.forEach(plan));

/** `now` with every part that equals `was` being that very part, so that what did not change is not drawn again. */
export function merged(was, now) {
  if (Object.is(was, now) || !was || !now || typeof was !== "object" || typeof now !== "object") return now;
  if (Array.isArray(was) !== Array.isArray(now)) return now;
  let same;
  let next;
  if (Array.isArray(now)) {
    const byId = new Map(was.filter((item) => item?.id).map((item) => [item.id, item]));
    next = now.map((item, n) => merged(item?.id ? byId.get(item.id) : was[n], item));
    same = was.length === next.length;
  } else {
    const names = Object.keys(now);
    next = Object.fromEntries(names.map((name) => [name, merged(was[name], now[name])]));
    same = names.length === Object.keys(was).length;
  }
  return same && Object.keys(next).every((name) => Object.is(next[name], was[name])) ? was : next;
}
