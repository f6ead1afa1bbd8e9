// Seven days side by side; bookings are lists, not boxes to scale, so that twenty at nine still fit.

import { classes, html } from "../core/html.js";
import { clock, dayKey, dayName, fields, startOfDay, weekday } from "../core/time.js";
import { withQuery } from "../core/router.js";
import { phone } from "../core/words.js";
import { Told } from "../parts/booking_row.js";

export function CalendarWeek({ from, items, now, open, hrefOf }) {
  const days = Array.from({ length: 7 }, (_, n) => startOfDay(from, n));
  return html`<div class="week">${days.map((day, n) => {
    const mine = items.filter(({ starts_at }) => starts_at >= day && starts_at < (days[n + 1] ?? Infinity));
    const today = dayKey(day) === dayKey(now);
    return html`<section key=${day} class=${classes("week-day", today && "is-today", !mine.length && "is-free")} aria-label=${dayName(day)}>
      <h2><a href=${withQuery({ span: "day", day: dayKey(day) })}><span class="week-name">${weekday(day)}</span> <span class="week-number">${fields(day).day}</span></a>
        <span class="count">${mine.filter(({ status }) => status !== "cancelled").length || ""}</span></h2>
      <ol class="plain">${mine.map((booking) => html`<${Block} key=${booking.id} booking=${booking} now=${now} href=${hrefOf(booking)} current=${booking.id === open} />`)}</ol>
    </section>`;
  })}</div>`;
}

function Block({ booking, now, href, current }) {
  const tone = { cancelled: "void", no_show: "warn", completed: "good" }[booking.status] ?? "on";
  return html`<li><a class=${classes("block", booking.ends_at <= now && "is-past")} data-row data-tone=${tone} href=${href} aria-current=${current ? "true" : undefined}>
    <span class="block-head"><time>${clock(booking.starts_at)}</time><${Told} messages=${booking.messages} /></span>
    <span class="block-name">${booking.contact_name || phone(booking.contact_phone)}</span>
    <span class="block-service">${booking.service}</span>
    <span class="block-service">${booking.practitioner}</span>
    ${tone === "void" && html`<span class="unseen">cancelled</span>`}
  </a></li>`;
}
