// The hours of some columns (days, or practitioners of one day), bookings to scale, what overlaps side by side.

import { classes, html, useEffect, useRef } from "../core/html.js";
import { clock, dayKey } from "../core/time.js";
import { phone, state } from "../core/words.js";
import { Told } from "../parts/booking_row.js";
import { closures, hoursToShow, lanes, minutesOf, mostLanes, spanOf } from "./calendar_layout.js";

// A lane is at least this wide, a column never more than so many for their sake: then the hours scroll sideways.
const LANE_PX = 66;
const LEAST_PX = 84;
const LEAST_OF_A_PERSON_PX = 132;
const MOST_PX = 330;
const MOVABLE = new Set(["scheduled", "confirmed"]);
/** Whether a booking can still be moved: what is over or called off stays. */
export const movable = ({ status }) => MOVABLE.has(status);

/**
 * `columns`: {key, name, title, href, day, who, items, open}. `aim`: an instant of the day that was asked for. `ghost`:
 * {column, booking, from, to} of what is on the move or about to be booked. `grab` takes pointer events of the body,
 * `onSlot` a click where nothing is: (column, minutes).
 */
export function CalendarGrid({ columns, now, aim, openId, hrefOf, ghost, moving, body, grab, onSlot, may }) {
  const range = hoursToShow(columns);
  const hours = (range[1] - range[0]) / 60;
  const place = (from, to) => `top:${((from - range[0]) / (hours * 60)) * 100}%;height:${((to - from) / (hours * 60)) * 100}%`;
  const laid = columns.map(({ items }) => lanes(items));
  const widths = columns.map(({ items, open }, n) => {
    const most = mostLanes(laid[n]);
    return { least: Math.min(MOST_PX, Math.max(most * LANE_PX, columns[n].who === undefined ? LEAST_PX : LEAST_OF_A_PERSON_PX)), share: items.length || open?.length || columns.length < 6 ? Math.min(most, 3) + 2 : 1.5 };
  });
  const template = `var(--gutter) ${widths.map(({ least, share }) => `minmax(${least}px, ${share}fr)`).join(" ")}`;
  const least = widths.reduce((sum, each) => sum + each.least, 0);
  useScrolled(body, columns, range, { now, aim, openId });
  function slot(event, column) {
    if (!may || event.target.closest("a, button") || event.defaultPrevented) return;
    const box = event.currentTarget.getBoundingClientRect();
    onSlot(column, range[0] + ((event.clientY - box.top) / box.height) * hours * 60);
  }
  return html`<div class="cal" role="group" aria-label="Hours" tabindex=${columns.some(({ items }) => items.length) ? undefined : 0} style=${`--hours:${hours};min-width:calc(var(--gutter) + ${least}px)`}>
    <div class="cal-head" style=${`grid-template-columns:${template}`}>
      <span class="cal-corner"></span>
      ${columns.map(({ key, title, href, day, items, open }) => html`
        <div key=${key} class=${classes("cal-name", dayKey(day) === dayKey(now) && "is-today")}>
          <div class="cal-said"><h2>${href ? html`<a href=${href}>${title}</a>` : title}</h2><span class="count">${booked(items, open)}</span></div></div>`)}
    </div>
    <div class="cal-body" ref=${body} style=${`grid-template-columns:${template}`} data-from=${range[0]} data-to=${range[1]} ...${grab}>
      <ol class="cal-gutter" aria-hidden="true">${Array.from({ length: hours }, (_, n) => html`<li key=${n} style=${`top:${(n / hours) * 100}%`}>${n ? `${String(range[0] / 60 + n).padStart(2, "0")}:00` : ""}</li>`)}</ol>
      ${columns.map((column, n) => html`
        <section key=${column.key} class=${classes("cal-col", may && "can-book")} data-col=${n} aria-label=${column.name} onClick=${(event) => slot(event, n)}>
          ${column.open && closures(column.open, range).map(([from, to]) => html`<div key=${from} class="cal-closed" style=${place(from, to)}></div>`)}
          <ol class="plain">${column.items.map((booking) => {
            const { lane, of, wide } = laid[n].get(booking.id);
            const span = spanOf(booking);
            return html`<${Block} key=${booking.id} booking=${booking} now=${now} href=${hrefOf(booking)} current=${booking.id === openId}
              moving=${booking.id === moving} may=${may && movable(booking)} size=${sizeOf(span)}
              style=${`${place(...span)};left:${(lane / of) * 100}%;width:${(wide / of) * 100}%`} />`;
          })}</ol>
          ${ghost?.column === n && html`<div class="cal-ghost" style=${place(ghost.from, Math.max(ghost.to, ghost.from + 15))}><span><strong>${ghost.label}</strong> ${ghost.name}</span></div>`}
          ${dayKey(column.day) === dayKey(now) && minutesOf(now) >= range[0] && minutesOf(now) < range[1] && html`<div class="cal-now" style=${place(minutesOf(now), minutesOf(now))}><span class="unseen">It is ${clock(now)}</span></div>`}
        </section>`)}
    </div>
  </div>`;
}

function booked(items, open) {
  const count = items.filter(({ status }) => status !== "cancelled").length;
  return count ? `${count} booked` : open?.length === 0 ? "closed" : "";
}

const sizeOf = ([from, to]) => (to - from < 30 ? "s" : to - from < 45 ? "m" : "l");

function Block({ booking, now, href, current, moving, may, size, style }) {
  const tone = { cancelled: "void", no_show: "warn", completed: "done" }[booking.status] ?? "on";
  const name = booking.contact_name || phone(booking.contact_phone) || "No name";
  const [word] = state("booking", booking.status);
  const more = [booking.service, booking.practitioner].filter(Boolean).join(", ");
  return html`<li data-id=${booking.id}><a class=${classes("cal-block", booking.ends_at <= now && "is-past", moving && "is-moving", may && "can-move")} data-row data-booking=${booking.id} data-size=${size} data-tone=${tone}
      style=${style} href=${href} draggable=${false} aria-current=${current ? "true" : undefined} title=${`${clock(booking.starts_at)} to ${clock(booking.ends_at)}, ${name}, ${more} (${word.toLowerCase()})`}>
    <span class="cal-line"><time>${clock(booking.starts_at)}</time> <span class="cal-who">${name}</span>${booking.urgency !== "routine" && html` <span class="cal-urgent" aria-hidden="true">!</span>`}</span>
    <span class="cal-what">${booking.service}</span>
    <span class="cal-what cal-told"><${Told} messages=${booking.messages} /></span>
    <span class="unseen">${booking.practitioner}, ${word}${booking.urgency !== "routine" ? `, ${booking.urgency}` : ""}</span>
  </a></li>`;
}

/** Opens where one looks: at the booking that is open, else at now, else at the first opening; once for each set of columns. */
function useScrolled(body, columns, range, { now, aim, openId }) {
  const key = `${columns[0]?.key}/${columns.length}`;
  const seen = useRef("");
  useEffect(() => {
    const scroller = body.current?.closest(".body");
    if (!scroller || seen.current === key) return;
    seen.current = key;
    const column = columns.findIndex(({ day }) => dayKey(day) === dayKey(aim));
    const items = columns.flatMap((each) => each.items);
    const open = items.find(({ id }) => id === openId);
    const today = columns.some(({ day }) => dayKey(day) === dayKey(now));
    const first = Math.min(...columns.flatMap((each) => (each.open ?? []).map(([from]) => from)), ...items.map((item) => spanOf(item)[0]), 24 * 60);
    const target = open ? spanOf(open)[0] - 60 : today ? minutesOf(now) - 60 : first - 30;
    scroller.scrollTop = ((target - range[0]) / (range[1] - range[0])) * body.current.offsetHeight;
    if (column < 0 || columns[0].day === columns.at(-1).day) return;
    const { offsetLeft, offsetWidth } = body.current.children[column + 1];
    scroller.scrollLeft = Math.max(0, offsetLeft + offsetWidth - scroller.clientWidth);
  });
}
