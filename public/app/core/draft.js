// What is being written over an answer that goes on changing: only what was changed counts, all else follows the
// answer, and what somebody else changed meanwhile is told before it is replaced.

import { useEffect, useState } from "./html.js";

const kept = new Map(); // by the place it is written in, for as long as the page is open and the same person before it
const same = (a, b) => JSON.stringify(a ?? "") === JSON.stringify(b ?? "");

/** What was being written at this place when it was left, if anything was. */
export const keptDraft = (place) => kept.get(place);

/** Keeps `what` for when the place is come back to; nothing for null. */
export const keepDraft = (place, what) => void (what ? kept.set(place, what) : kept.delete(place));

/** Forgets all: another person may sign in on this page. */
export const forgetDrafts = () => kept.clear();

/**
 * Edits of `now`, the fields as they are at present: {all, set(name)(value), changed: names, take(), clear()}.
 * `take()` answers what was changed, by name; it throws once when somebody else has changed the same since.
 * With a `place` they are kept while it is left.
 */
export function useDraft(now, place) {
  const [edits, setEdits] = useState(() => kept.get(place) ?? {}); // name -> {from: as it was when the edit began, to}
  const set = (name) => (to) => setEdits((was) => ({ ...was, [name]: { from: was[name] ? was[name].from : now[name], to } }));
  const changed = Object.keys(edits).filter((name) => !same(edits[name].to, edits[name].from));
  const mine = Object.fromEntries(changed.map((name) => [name, edits[name].to]));
  useEffect(() => place && keepDraft(place, changed.length ? edits : null), [edits]);
  function take() {
    if (changed.some((name) => !same(now[name], edits[name].from) && !same(now[name], mine[name]))) {
      setEdits(Object.fromEntries(changed.map((name) => [name, { from: now[name], to: mine[name] }])));
      throw new Error("Somebody changed this in the meantime. Saving once more replaces what they wrote.");
    }
    return mine;
  }
  return { all: { ...now, ...mine }, set, changed, take, clear: () => setEdits({}) };
}
