// Carrying a booking without a pointer: arrows carry it, Enter puts it down, Escape puts it back.

import { useEffect, useRef } from "../core/html.js";
import { FINE_SNAP, SNAP } from "./calendar_layout.js";

/** `step(minutes, columns)` for as long as `active()`. Ahead of all other keys, which mean nothing meanwhile. */
export function useCarryKeys({ active, step, commit, cancel }) {
  const does = useRef();
  does.current = { active, step, commit, cancel };
  useEffect(() => {
    function onKey(event) {
      if (event.metaKey || event.ctrlKey || event.altKey || !does.current.active() || !carry(event)) return;
      event.preventDefault();
      event.stopPropagation();
    }
    function carry(event) {
      if (event.key === "Escape") return does.current.cancel(), true;
      if (event.target.closest?.("input, select, textarea")) return false;
      const size = event.shiftKey ? FINE_SNAP : SNAP;
      switch (event.key) {
        case "ArrowUp": return does.current.step(-size, 0), true;
        case "ArrowDown": return does.current.step(size, 0), true;
        case "ArrowLeft": return does.current.step(0, -1), true;
        case "ArrowRight": return does.current.step(0, 1), true;
        case "Enter": return event.target.closest?.(".move-bar button") ? false : (does.current.commit(), true);
        default: return false;
      }
    }
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, []);
}
