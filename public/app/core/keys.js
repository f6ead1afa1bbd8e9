// The keyboard: g and a letter goes somewhere, j and k walk the rows, / searches, ? explains; views add their own keys.

import { useLayoutEffect, useRef } from "./html.js";

const CHORD_MS = 1200;
const ROWS = "[data-row]";
const layers = []; // keys of what is on the screen, the latest first

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const inDialog = () => document.querySelector("dialog[open]");

/**
 * Keys of a view while it is shown. `row: true` gets the id of the row that has the focus, else of the open one.
 * @param {{keys: string[], what: string, row?: boolean, run: (id?: string) => void}[]} lines
 */
export function useKeys(lines) {
  const current = useRef(lines);
  current.current = lines;
  // Before it is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const layer = () => current.current;
    layers.unshift(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

/** What the keys do here, for the list of them. */
export const keysHere = () => layers.flatMap((layer) => layer());

const idAt = (element) => element?.closest?.("[data-id]")?.dataset.id;
/** The id of the row that has the focus, else of the one that is open. */
const rowId = () => idAt(document.activeElement) ?? idAt(document.querySelector('[data-id] [aria-current="true"]'));

/** Before a row leaves the list: the focus goes to the one after it, or before. */
export function stepOff(id) {
  const rows = [...document.querySelectorAll("[data-id]")];
  const at = rows.findIndex((row) => row.dataset.id === id);
  if (at < 0 || !rows[at].contains(document.activeElement)) return;
  const next = rows[at + 1] ?? rows[at - 1];
  (next?.matches(ROWS) ? next : next?.querySelector(ROWS))?.focus();
}

/** Moves the focus along the rows of the main list. */
function walk(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  if (!rows.length) return;
  const here = document.activeElement;
  const focused = here?.closest?.(ROWS) ?? here?.closest?.("[data-id]")?.querySelector(ROWS);
  const at = rows.indexOf(focused);
  const current = at < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "true") : at;
  const next = rows[Math.min(rows.length - 1, Math.max(0, current + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** What a view does at this key, or null. */
function fromView(key) {
  const line = keysHere().find(({ keys }) => keys.includes(key));
  if (!line) return null;
  if (!line.row) return () => line.run();
  const id = rowId();
  return id ? () => line.run(id) : null;
}

/**
 * Listens until the returned function is called.
 * @param {{chords: Record<string, () => void>, help: () => void, escape: () => void, undo: () => void}} does
 */
export function listen(does) {
  let chord = -Infinity; // when g was pressed
  function onKey(event) {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && !inDialog()) return typing(event.target) ? event.target.blur() : does.escape();
    if (inDialog()) return;
    if (event.target.dataset?.search !== undefined && ["Enter", "ArrowDown"].includes(event.key)) return event.preventDefault(), walk(1);
    if (typing(event.target)) return;
    const chorded = event.timeStamp - chord < CHORD_MS;
    chord = -Infinity;
    const action = chorded ? does.chords[event.key] : single(event);
    if (!action) return;
    event.preventDefault();
    action();
  }
  function single(event) {
    switch (event.key) {
      case "g": return () => (chord = event.timeStamp);
      case "j": return () => walk(1);
      case "k": return () => walk(-1);
      case "/": return () => document.querySelector("[data-search]")?.focus();
      case "?": return does.help;
      case "z": return does.undo;
      default: return fromView(event.key);
    }
  }
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}
