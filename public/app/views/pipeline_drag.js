// Moving a card with a pointer: a mouse drags at once, a finger after a moment's hold; edges scroll.

import { hold as holdStill } from "../core/data.js";
import { useEffect, useRef } from "../core/html.js";

const SLOP_PX = 5; // what is still a click
const HOLD_MS = 240; // a finger that moves sooner is scrolling
const EDGE_PX = 56;
const SPEED_PX = 16; // a frame, at the very edge

/**
 * Props for the board. `onDrop(id, stage)` is called with the card's `data-id` and the `data-stage` under the pointer.
 * @param {{current: Element}} scroller what scrolls sideways
 */
export function useDrag(scroller, may, onDrop) {
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const held = useRef(null);
  useEffect(() => () => held.current?.end(), []);
  useEffect(() => {
    // Here from the start: a browser does not ask a listener that came during the touch.
    const still = (event) => held.current?.ghost && event.preventDefault();
    addEventListener("touchmove", still, { passive: false });
    return () => removeEventListener("touchmove", still);
  }, []);

  function onPointerDown(event) {
    const card = event.target.closest("[data-card]");
    if (!may || !card || event.button || event.target.closest("button") || held.current) return;
    held.current = hold(card, event, scroller.current, (stage) => drop.current(card.dataset.id, stage), () => (held.current = null));
  }
  const onContextMenu = (event) => event.target.closest("[data-card]") && held.current && event.preventDefault();
  return { onPointerDown, onContextMenu };
}

/** One touch of a card, from down to up. */
function hold(card, down, board, onDrop, onEnd) {
  const touch = down.pointerType !== "mouse";
  const grip = card.getBoundingClientRect();
  const offset = [down.clientX - grip.left, down.clientY - grip.top];
  let at = [down.clientX, down.clientY];
  let [target, frame, release] = [null, 0, () => {}];
  const self = { ghost: null, end };
  const timer = touch ? setTimeout(lift, HOLD_MS) : 0;

  function lift() {
    self.ghost = card.cloneNode(true);
    self.ghost.classList.add("is-ghost");
    self.ghost.removeAttribute("data-id");
    self.ghost.setAttribute("aria-hidden", "true");
    self.ghost.style.width = `${grip.width}px`;
    document.body.append(self.ghost);
    release = holdStill();
    card.classList.add("is-lifted");
    document.body.classList.add("is-dragging");
    if (touch) navigator.vibrate?.(8);
    follow();
    frame = requestAnimationFrame(scroll);
  }
  function follow() {
    self.ghost.style.transform = `translate(${at[0] - offset[0]}px, ${at[1] - offset[1]}px) rotate(1.5deg)`;
    const over = document.elementFromPoint(...at)?.closest("[data-stage]") ?? null;
    if (over === target) return;
    target?.removeAttribute("data-over");
    over?.setAttribute("data-over", "");
    target = over;
  }
  /** Towards the edge the pointer is near, the faster the nearer. */
  function scroll() {
    const push = (element, axis) => {
      if (!element) return;
      const box = element.getBoundingClientRect();
      const [start, stop, where] = axis ? [box.top, box.bottom, at[1]] : [box.left, box.right, at[0]];
      const near = Math.max(0, EDGE_PX - (where - start)) - Math.max(0, EDGE_PX - (stop - where));
      if (near) element[axis ? "scrollTop" : "scrollLeft"] -= (near / EDGE_PX) * SPEED_PX;
    };
    push(board, 0);
    push(target?.querySelector("[data-scrolls]"), 1);
    follow();
    frame = requestAnimationFrame(scroll);
  }
  function onMove(event) {
    if (event.pointerId !== down.pointerId) return;
    at = [event.clientX, event.clientY];
    const far = Math.hypot(at[0] - down.clientX, at[1] - down.clientY) > SLOP_PX;
    if (self.ghost) follow();
    else if (far) touch ? end() : lift();
  }
  function onUp(event) {
    if (event.pointerId !== down.pointerId) return;
    const stage = self.ghost && target?.dataset.stage;
    if (self.ghost) addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    end();
    if (stage) onDrop(stage);
  }
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  function onKey(event) {
    if (event.key !== "Escape" || !self.ghost) return;
    swallow(event);
    end();
  }
  function end() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    self.ghost?.remove();
    self.ghost = null;
    target?.removeAttribute("data-over");
    release();
    card.classList.remove("is-lifted");
    document.body.classList.remove("is-dragging");
    for (const [name, listener] of listeners) removeEventListener(name, listener, true);
    onEnd();
  }
  const listeners = [["pointermove", onMove], ["pointerup", onUp], ["pointercancel", end], ["keydown", onKey]];
  for (const [name, listener] of listeners) addEventListener(name, listener, true);
  return self;
}
