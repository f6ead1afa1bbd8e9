// Who comes today, and what they were told.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { clock, startOfDay } from "../core/time.js";
import { plural } from "../core/words.js";
import { Answer, Empty } from "../parts/answer.js";
import { BookingRow } from "../parts/booking_row.js";

export function TodayBookings({ now, open, query }) {
  const bookings = useData("/bookings", { starts_from: startOfDay(now), starts_before: startOfDay(now, 1), limit: 200 });
  const items = bookings.data?.items ?? [];
  const active = items.filter(({ status }) => status !== "cancelled");
  const next = active.find(({ ends_at }) => ends_at > now);
  const from = next ? items.indexOf(next) : 0;
  const rows = (some) => html`<ol class="rows">${some.map((booking) => html`
    <${BookingRow} key=${booking.id} booking=${booking} now=${now} href=${link("today", booking.id, { ...query, task: "" })} current=${booking.id === open} />`)}</ol>`;
  return html`<section class="today-bookings" aria-labelledby="bookings-today">
    <h2 class="section" id="bookings-today">Bookings ${bookings.data && html`<span class="count">${active.length}</span>`}</h2>
    <${Answer} of=${bookings} isEmpty=${!items.length} rows=${6}
      empty=${html`<${Empty} icon="calendar" title="Nobody is booked for today">Bookings appear here as soon as they are made.<//>`}>
      ${from > 0 && html`<details class="earlier" open=${items.slice(0, from).some(({ id }) => id === open)}>
        <summary data-row tabindex="0">${plural(from, "earlier booking")} <span class="quiet">from ${clock(items[0].starts_at)}</span></summary>
        ${rows(items.slice(0, from))}
      </details>`}
      ${rows(items.slice(from))}
    <//>
  </section>`;
}
