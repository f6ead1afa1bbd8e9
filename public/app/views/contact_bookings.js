// What somebody booked, the latest first.

import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { clock, dayKey, shortDay } from "../core/time.js";
import { Answer } from "../parts/answer.js";
import { State } from "../parts/state.js";

export function Bookings({ bookings }) {
  const items = [...(bookings.items ?? [])].sort((a, b) => b.starts_at - a.starts_at);
  return html`<section aria-labelledby="bookings"><h2 class="section" id="bookings">Bookings ${items.length > 0 && html`<span class="count">${items.length}</span>`}</h2>
    <${Answer} of=${bookings} rows=${2} isEmpty=${!items.length} empty=${html`<p class="none quiet">No bookings</p>`}>
      <ul class="plain booked">${items.map((booking) => html`
        <li key=${booking.id}><a href=${link("calendar", booking.id, { day: dayKey(booking.starts_at) })}>
          <span>${booking.service || "Booking"}</span><${State} kind="booking" of=${booking.status} />
          <span class="quiet">${shortDay(booking.starts_at)}, ${clock(booking.starts_at)}${booking.practitioner && ` · ${booking.practitioner}`}</span>
        </a></li>`)}</ul>
    <//>
  </section>`;
}
