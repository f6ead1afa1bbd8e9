// The morning: who comes today and what they were told, and what needs a person.

import { useData } from "../core/data.js";
import { html, useEffect } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayName, startOfDay } from "../core/time.js";
import { plural } from "../core/words.js";
import { BookingAside } from "../parts/booking.js";
import { BookingRow } from "../parts/booking_row.js";
import { Answer, Empty, View } from "../parts/view.js";
import { Needs } from "./needs.js";

const REFRESH_MS = 60_000;

export function Page({ id }) {
  const { can } = useSession();
  const now = Date.now();
  const bookings = useData("/bookings", { starts_from: startOfDay(now), starts_before: startOfDay(now, 1), limit: 200 });
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && bookings.reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [bookings.reload]);
  const items = bookings.data?.items ?? [];
  const active = items.filter(({ status }) => status !== "cancelled");
  const next = active.findIndex(({ ends_at }) => ends_at > now);
  return html`
    <${View} title="Today" count=${dayName(now)}
      aside=${id && html`<${BookingAside} key=${id} id=${id} back=${link("today")} />`}>
      <div class="today">
        <section aria-labelledby="bookings-today">
          <h2 class="section" id="bookings-today">Bookings ${bookings.data && html`<span class="count">${active.length}</span>`}</h2>
          <${Answer} of=${bookings} isEmpty=${!items.length} rows=${6}
            empty=${html`<${Empty} icon="calendar" title="Nobody is booked for today">Bookings appear here as soon as they are made.<//>`}>
            ${next > 0 && html`<${Earlier} items=${items.slice(0, items.indexOf(active[next]))} open=${id} now=${now} />`}
            <ol class="rows">
              ${items.slice(next > 0 ? items.indexOf(active[next]) : 0).map((booking) => html`
                <${BookingRow} key=${booking.id} booking=${booking} now=${now} href=${link("today", booking.id)} current=${booking.id === id} />`)}
            </ol>
          <//>
        </section>
        ${can("messages:read") && html`<${Needs} />`}
      </div>
    <//>`;
}

/** What is over already, out of the way but one key off. */
function Earlier({ items, open, now }) {
  return html`<details class="earlier" open=${items.some(({ id }) => id === open)}>
    <summary data-row tabindex="0">${plural(items.length, "earlier booking")} <span class="quiet">from ${clock(items[0].starts_at)}</span></summary>
    <ol class="rows">${items.map((booking) => html`<${BookingRow} key=${booking.id} booking=${booking} now=${now} href=${link("today", booking.id)} current=${booking.id === open} />`)}</ol>
  </details>`;
}
