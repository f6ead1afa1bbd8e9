// One booking in a list: when, who, what for, and what they were told about it.

import { classes, html } from "../core/html.js";
import { clock, length } from "../core/time.js";
import { phone, templateName, why } from "../core/words.js";
import { Mark, State } from "./state.js";

export function BookingRow({ booking, now, href, current }) {
  const running = booking.starts_at <= now && now < booking.ends_at && booking.status !== "cancelled";
  return html`<li><a class=${classes("row row-booking", booking.status === "cancelled" && "is-void", booking.ends_at <= now && "is-past")}
      data-row href=${href} aria-current=${current ? "true" : undefined}>
    <span class="row-time"><time datetime=${new Date(booking.starts_at).toISOString()}>${clock(booking.starts_at)}</time></span>
    <span class="row-title">${booking.contact_name || phone(booking.contact_phone) || "No name"}
      ${booking.urgency !== "routine" && html`<span class="chip" data-tone=${booking.urgency === "urgent" ? "bad" : "warn"}>${booking.urgency}</span>`}
      ${running && html`<span class="chip" data-tone="busy">now</span>`}</span>
    <span class="row-service">${booking.service}<span class="quiet"> · ${length(booking.ends_at - booking.starts_at)}</span></span>
    <span class="row-who quiet">${booking.practitioner}</span>
    <${Told} messages=${booking.messages} />
    <span class="row-state"><${State} kind="booking" of=${booking.status} /></span>
  </a></li>`;
}

/** The confirmation, then the reminders from the earliest on, as marks; those of an earlier date are left out. */
export function Told({ messages }) {
  const shown = messages
    .filter(({ reason }) => !["rescheduled", "cancelled"].includes(reason))
    .sort((a, b) => (b.offset_hours ?? Infinity) - (a.offset_hours ?? Infinity));
  return html`<span class="told">${shown.map((message, n) => html`
    <${Mark} key=${n} kind="message" of=${message.state} label=${templateName(message.template, message.offset_hours)} note=${why(message)} />`)}</span>`;
}
