// A booking on the move: where to, what becomes of its reminders, and the last word before it counts.

import { post } from "../core/api.js";
import { html, useEffect, useRef, useState } from "../core/html.js";
import { clock, dayKey, dayOf, shortDay } from "../core/time.js";
import { done } from "../core/toasts.js";
import { nameOf, phone, plural } from "../core/words.js";
import { Icon } from "../parts/icon.js";
import { atMinute, minutesOf } from "./calendar_layout.js";

const SETTLED_MS = 160;
const inWords = (at) => `${shortDay(at)}, ${clock(at)}`;
export const whose = (booking) => booking.contact_name || (booking.contact ? nameOf(booking.contact) : "") || phone(booking.contact_phone) || "The booking";

const wish = (booking, at, who) => ({ starts_at: at, ends_at: at + booking.ends_at - booking.starts_at, ...(who !== booking.practitioner && { practitioner: who }) });

/** Moves it for good, says so, and offers the way back. `after` is called with each booking as it then is. */
export async function reschedule({ booking, at, who }, after) {
  const story = await post(`/bookings/${booking.id}/reschedule`, { ...wish(booking, at, who), version: booking.version });
  after(story.booking);
  done(`${whose(booking)} moved to ${inWords(at)}`, async () => {
    const back = { starts_at: booking.starts_at, ends_at: booking.ends_at, practitioner: booking.practitioner };
    after((await post(`/bookings/${booking.id}/reschedule`, { ...back, version: story.booking.version })).booking);
  });
}

/** What the server says would become of it there: {data, error, busy}. Asked a moment after the last step. */
function usePreview(move) {
  const [seen, setSeen] = useState({});
  const key = move && `${move.booking.id}/${move.booking.version}/${move.at}/${move.who}`;
  useEffect(() => {
    if (!move || (move.at === move.booking.starts_at && move.who === move.booking.practitioner)) return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      post(`/bookings/${move.booking.id}/reschedule/preview`, wish(move.booking, move.at, move.who)).then(
        (data) => wanted && setSeen({ key, data }),
        (error) => wanted && setSeen({ key, error }),
      );
    }, SETTLED_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return seen.key === key ? seen : { busy: true };
}

/** `move`: {booking, at, who, placed, keys}. `set` changes where to. */
export function MoveBar({ move, people, set, commit, cancel, busy, error }) {
  const { booking, at, who } = move;
  const preview = usePreview(move);
  const button = useRef(null);
  const still = at === booking.starts_at && who === booking.practitioner;
  useEffect(() => {
    if (move.placed) button.current?.focus();
  }, [move.placed]);
  const setDay = (event) => dayOf(event.target.value) && set(atMinute(dayOf(event.target.value), minutesOf(at)), who);
  const setTime = (event) => /^\d\d:\d\d$/.test(event.target.value) && set(atMinute(dayOf(dayKey(at)), Number(event.target.value.slice(0, 2)) * 60 + Number(event.target.value.slice(3))), who);
  return html`<section class="move-bar" aria-label="Move the booking" data-placed=${move.placed || undefined}>
    <p class="move-what" role="status"><strong>${whose(booking)}</strong> <span class="quiet">${inWords(booking.starts_at)}</span> <${Icon} name="right" size=${12} /><span class="unseen">to</span> <strong>${still ? "not moved yet" : inWords(at)}</strong>${who && who !== booking.practitioner ? html` <span>with ${who}</span>` : ""}</p>
    ${!still && html`<${Fates} preview=${preview} />`}
    ${(move.placed || move.keys) && html`<div class="move-fine">
      <label class="field"><span>Day</span><input type="date" value=${dayKey(at)} onChange=${setDay} /></label>
      <label class="field"><span>Start</span><input type="time" step="300" value=${clock(at)} onChange=${setTime} /></label>
      ${people.length > 0 && html`<label class="field"><span>With</span><select onChange=${(event) => set(at, event.target.value)}>
        ${[...new Set([...people, booking.practitioner, who])].map((name) => html`<option key=${name} value=${name} selected=${name === who}>${name || "Nobody yet"}</option>`)}</select></label>`}
    </div>`}
    ${error && html`<p class="field-error" role="alert">${error.message}</p>`}
    <div class="form-actions">
      ${(move.placed || move.keys) && html`
        <button type="button" ref=${button} class="button primary" disabled=${busy || still} onClick=${commit}>${busy ? "Moving" : "Move"}</button>
        <button type="button" class="button ghost" onClick=${cancel}>Keep as it was</button>`}
      <span class="quiet move-hint">${move.keys ? html`<kbd>Arrows</kbd> 15 min and days, with <kbd>Shift</kbd> 5 min; <kbd>Enter</kbd> moves, <kbd>Esc</kbd> keeps` : move.placed ? html`<kbd>Esc</kbd> keeps it as it was` : html`<kbd>Shift</kbd> for 5 min, <kbd>Esc</kbd> keeps it as it was`}</span>
    </div>
  </section>`;
}

const FATES = {
  moves: ["busy", "clock", ({ at }) => `moves to ${inWords(at)}`],
  stays: ["quiet", "check", ({ at, was_at }) => `stays, ${inWords(at ?? was_at)}`],
  withdrawn: ["warn", "close", () => "is withdrawn"],
  "sent already": ["quiet", "check", ({ was_at }) => `was sent${was_at ? ` ${inWords(was_at)}` : ""}`],
  skipped: ["warn", "skip", () => "is skipped"],
  planned: ["busy", "clock", ({ at }) => `is planned for ${inWords(at)}`],
};

function Fates({ preview }) {
  if (preview.error) return html`<p class="field-error">${preview.error.message}</p>`;
  if (!preview.data) return html`<p class="quiet move-wait">Looking up the reminders</p>`;
  const { reminders, conflicts } = preview.data;
  return html`
    <ul class="fates" aria-label="What becomes of the reminders">
      ${reminders.map((each, n) => {
        const [tone, icon, say] = FATES[each.fate] ?? ["quiet", "clock", () => each.fate];
        return html`<li key=${n} data-tone=${tone}><${Icon} name=${icon} size=${13} /><span><strong>${each.offset_hours ? `${each.offset_hours} h before` : "Confirmation"}</strong> ${say(each)}${each.detail ? html`<span class="quiet">: ${each.detail}</span>` : ""}</span></li>`;
      })}
      ${reminders.length === 0 && html`<li data-tone="quiet"><${Icon} name="check" size=${13} /><span>No reminders are planned</span></li>`}
    </ul>
    ${conflicts.length > 0 && html`<p class="move-conflict" data-tone="warn"><${Icon} name="warn" size=${13} /><span>${plural(conflicts.length, "conflict")}: ${conflicts.map(clash).join("; ")}</span></p>`}`;
}

/** One conflict in words, whether it is another booking or a rule of the house. */
function clash(each) {
  if (typeof each === "string") return each;
  const words = each.detail || each.title || "";
  const other = each.booking ?? each;
  const person = other.contact_name ? `${other.contact_name}${other.starts_at ? `, ${clock(other.starts_at)} to ${clock(other.ends_at)}` : ""}` : "";
  return [words, person].filter(Boolean).join(": ") || String(each.kind ?? "").replaceAll("_", " ");
}
