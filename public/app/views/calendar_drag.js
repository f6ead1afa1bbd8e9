// Moving a booking by hand: by mouse at once, by touch after holding it; Escape gives it back.

import { hold as holdStill } from "../core/data.js";
import { useEffect, useMemo, useRef } from "../core/html.js";
import { FINE_SNAP, SNAP, snap } from "./calendar_layout.js";

const THRESHOLD_PX = 4;
const HOLD_MS = 320;
const EDGE_PX = 44;

/**
 * Pointer handlers for the grid's body. `find(id)` gives the booking that may be moved, or null; `over(booking, column,
 * minutes)` hears each new place, `drop()` and `cancel()` the end.
 */
export function useDrag(body, { find, over, drop, cancel }) {
  const does = useRef();
  does.current = { find, over, drop, cancel };
  const held = useRef(null);

  useEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    // Scrolling by finger goes on unless something is held; only a listener that may prevent can say so.
    const still = (event) => held.current?.dragging && event.preventDefault();
    element.addEventListener("touchmove", still, { passive: false });
    return () => element.removeEventListener("touchmove", still);
  });
  useEffect(() => () => held.current?.end(), []);

  return useMemo(() => ({
    onPointerDown: (event) => {
      const block = event.target.closest("[data-booking]");
      const booking = block && event.button === 0 && event.isPrimary && does.current.find(block.dataset.booking);
      if (booking) held.current = hold(event, block, booking, body.current, () => does.current, () => (held.current = null));
    },
    onDragStart: (event) => event.preventDefault(),
    onContextMenu: (event) => held.current && event.preventDefault(),
  }), []);
}

/** From the pointer's way down to its way up. */
function hold(down, block, booking, body, does, released) {
  const touch = down.pointerType !== "mouse";
  const grip = down.clientY - block.getBoundingClientRect().top;
  const scroller = body.closest(".body");
  const mine = { dragging: false, end: stop };
  let last = { clientX: down.clientX, clientY: down.clientY, fine: false };
  let frame = 0;
  let release = () => {};
  const timer = touch ? setTimeout(begin, HOLD_MS) : 0;

  function begin() {
    mine.dragging = true;
    release = holdStill();
    document.documentElement.classList.add("is-dragging");
    navigator.vibrate?.(8);
    tell();
    frame = requestAnimationFrame(scroll);
  }
  function tell() {
    const columns = [...body.querySelectorAll("[data-col]")];
    const boxes = columns.map((column) => column.getBoundingClientRect());
    const inside = boxes.findIndex(({ left, right }) => last.clientX >= left && last.clientX < right);
    const column = inside >= 0 ? inside : last.clientX < boxes[0].left ? 0 : boxes.length - 1;
    const [from, to] = [Number(body.dataset.from), Number(body.dataset.to)];
    const raw = from + ((last.clientY - grip - boxes[column].top) / boxes[column].height) * (to - from);
    const length = Math.round((booking.ends_at - booking.starts_at) / 60_000);
    const step = last.fine ? FINE_SNAP : SNAP;
    does().over(booking, column, Math.max(from, Math.min(snap(raw, step), to - Math.min(length, to - from))));
  }
  /** Near the edges the hours come to the pointer. */
  function scroll() {
    const box = scroller.getBoundingClientRect();
    const pull = (at, low, high) => (at < low + EDGE_PX ? -1 : at > high - EDGE_PX ? 1 : 0);
    const [x, y] = [pull(last.clientX, box.left, box.right), pull(last.clientY, box.top, box.bottom)];
    if (x || y) {
      scroller.scrollBy(x * 8, y * 8);
      tell();
    }
    frame = requestAnimationFrame(scroll);
  }
  function onMove(event) {
    if (event.pointerId !== down.pointerId) return;
    last = { clientX: event.clientX, clientY: event.clientY, fine: event.shiftKey || event.altKey };
    const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
    if (mine.dragging) tell();
    else if (touch && far > 2 * THRESHOLD_PX) stop();
    else if (!touch && far > THRESHOLD_PX) begin();
  }
  function onUp(event) {
    if (event.pointerId !== down.pointerId) return;
    const dropped = mine.dragging;
    stop();
    if (dropped) swallowClick();
    if (dropped && event.type === "pointerup") does().drop();
    else if (dropped) does().cancel();
  }
  function onKey(event) {
    if (event.key !== "Escape" || !mine.dragging) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
    addEventListener("pointerup", swallowClick, { once: true });
    does().cancel();
  }
  function stop() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    mine.dragging = false;
    release();
    document.documentElement.classList.remove("is-dragging");
    removeEventListener("pointermove", onMove);
    removeEventListener("pointerup", onUp);
    removeEventListener("pointercancel", onUp);
    removeEventListener("keydown", onKey, true);
    released();
  }
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", onUp);
  addEventListener("keydown", onKey, true);
  return mine;
}

/** The click that ends a drag opens nothing. */
function swallowClick() {
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, true), 50);
}
