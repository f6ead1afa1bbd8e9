// What staff say about a booking: confirmed, came, did not come, called off; each can be taken back.

import { post } from "../core/api.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { dayKey, present } from "../core/time.js";
import { done, failed } from "../core/toasts.js";

const SAID = { confirmed: "confirmed", completed: "marked as attended", no_show: "marked as a no-show", cancelled: "cancelled", scheduled: "scheduled again" };

/** From a booking's state to those that staff may put it in, with the words on the buttons. */
function choices({ status, starts_at }, now) {
  const began = starts_at <= now;
  if (status === "cancelled") return [["scheduled", "Schedule again"]];
  if (status === "completed" || status === "no_show") return [[status === "completed" ? "no_show" : "completed", status === "completed" ? "No-show instead" : "Attended after all"]];
  return [
    ...(status === "scheduled" && !began ? [["confirmed", "Confirm"]] : []),
    ...(began ? [["completed", "Attended"], ["no_show", "No-show"]] : []),
    ["cancelled", "Cancel booking"],
  ];
}

/** `take(booking)` hears of each change. `move` makes a button that begins a move; without it there is a link to where one can. */
export function BookingActions({ booking, contactName, take, move }) {
  const { can } = useSession();
  const [busy, setBusy] = useState(false);
  if (!can("bookings:write")) return null;
  const say = async (of, status) => {
    const story = await post(`/bookings/${of.id}/status`, { status, version: of.version });
    take(story);
    return story.booking;
  };
  async function change(status) {
    setBusy(true);
    try {
      const after = await say(booking, status);
      done(`${contactName} ${SAID[status]}`, () => say(after, booking.status));
    } catch (problem) {
      failed(problem);
      take(null);
    }
    setBusy(false);
  }
  const movable = ["scheduled", "confirmed"].includes(booking.status);
  return html`<div class="booking-actions" role="group" aria-label="Change the booking">
    ${choices(booking, present()).map(([status, label]) => html`<button type="button" key=${status} class="button small" disabled=${busy} onClick=${() => change(status)}>${label}</button>`)}
    ${movable && (move
      ? html`<button type="button" class="button small" onClick=${move}>Move</button>`
      : html`<a class="button small" href=${link("calendar", booking.id, { day: dayKey(booking.starts_at) })}>In the calendar</a>`)}
  </div>`;
}
