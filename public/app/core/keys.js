// The keyboard: g and a letter goes somewhere, j and k walk the rows, / searches, ? explains.

const CHORD_MS = 1200;
const ROWS = "[data-row]";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const inDialog = () => document.querySelector("dialog[open]");

/** Moves the focus along the rows of the main list. */
function walk(step) {
  const rows = [...document.querySelectorAll(ROWS)];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement?.closest?.(ROWS));
  const current = at < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "true") : at;
  const next = rows[Math.min(rows.length - 1, Math.max(0, current + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
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
    if (typing(event.target) || inDialog()) return;
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
      default: return null;
    }
  }
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}
