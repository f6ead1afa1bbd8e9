// A week or a day of bookings; by practitioner when there is one day to look at.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { link, withQuery } from "../core/router.js";
import { dayKey, dayName, dayOf, fields, monthName, shortDay, startOfDay, startOfWeek } from "../core/time.js";
import { plural } from "../core/words.js";
import { BookingAside } from "../parts/booking.js";
import { BookingRow } from "../parts/booking_row.js";
import { Pick, Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Answer, Empty, View } from "../parts/view.js";
import { CalendarWeek } from "./calendar_week.js";

const SPANS = [{ value: "week", label: "Week" }, { value: "day", label: "Day" }];

export function Page({ id, query }) {
  const now = Date.now();
  const span = query.span === "day" ? "day" : "week";
  const day = dayOf(query.day) ?? startOfDay(now);
  const from = span === "day" ? day : startOfWeek(day);
  const days = span === "day" ? 1 : 7;
  const before = startOfDay(from, days);
  const bookings = useData("/bookings", { starts_from: from, starts_before: before, limit: 200 });
  const all = bookings.data?.items ?? [];
  const people = [...new Set(all.map(({ practitioner }) => practitioner).filter(Boolean))].sort();
  const items = query.who ? all.filter(({ practitioner }) => practitioner === query.who) : all;
  const hrefOf = (booking) => link("calendar", booking.id, query);
  const step = (count) => withQuery({ day: dayKey(startOfDay(from, count * days)) });
  const actions = html`
    <a class="button icon-only" href=${step(-1)} aria-label=${`Previous ${span}`}><${Icon} name="left" /></a>
    <a class="button" href=${withQuery({ day: "" })}>Today</a>
    <a class="button icon-only" href=${step(1)} aria-label=${`Next ${span}`}><${Icon} name="right" /></a>`;
  const filters = html`<${Tabs} name="span" label="Span" options=${SPANS} fallback="week" />
    ${people.length > 1 && html`<${Pick} name="who" label="Practitioner" options=${people.map((value) => ({ value, label: value }))} />`}
    ${bookings.data?.next && html`<span class="quiet">The first 200 are shown</span>`}`;
  return html`<${View} title="Calendar" count=${span === "day" ? dayName(day) : spanName(from, before)} actions=${actions} filters=${filters}
    aside=${id && html`<${BookingAside} key=${id} id=${id} back=${link("calendar", null, query)} />`}>
    <${Answer} of=${bookings} isEmpty=${span === "day" && !items.length}
      empty=${html`<${Empty} icon="calendar" title=${`Nobody is booked on ${dayName(day)}`} />`}>
      ${span === "week"
        ? html`<${CalendarWeek} from=${from} items=${items} now=${now} open=${id} hrefOf=${hrefOf} />`
        : html`<${ByPractitioner} items=${items} people=${query.who ? [query.who] : people} now=${now} open=${id} hrefOf=${hrefOf} />`}
    <//>
  <//>`;
}

function spanName(from, before) {
  const last = before - 1;
  return fields(from).month === fields(last).month ? `${fields(from).day} to ${fields(last).day} ${monthName(from)}` : `${shortDay(from)} to ${shortDay(last)} ${fields(last).year}`;
}

/** One day: a list for each practitioner, and one for bookings without. */
function ByPractitioner({ items, people, now, open, hrefOf }) {
  const groups = [...people, ""].map((name) => ({ name, mine: items.filter(({ practitioner }) => practitioner === name) })).filter(({ mine }) => mine.length);
  return html`<div class="by-person">${groups.map(({ name, mine }) => html`
    <section key=${name} aria-label=${name || "No practitioner"}>
      <h2 class="section">${name || "No practitioner"} <span class="count">${plural(mine.filter(({ status }) => status !== "cancelled").length, "booking")}</span></h2>
      <ol class="rows">${mine.map((booking) => html`<${BookingRow} key=${booking.id} booking=${booking} now=${now} href=${hrefOf(booking)} current=${booking.id === open} />`)}</ol>
    </section>`)}</div>`;
}
