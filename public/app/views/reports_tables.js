// Where people came from, what they came for, how soon they were answered, and who did the work.

import { html } from "../core/html.js";
import { provider } from "../core/words.js";
import { Empty } from "../parts/answer.js";
import { Change, useNumbers } from "./reports_figures.js";

/** A table in a panel; the first column names the row, `share` (0 to 1) draws behind it. */
function Table({ title, about, columns, rows, empty }) {
  const id = `report-${title.toLowerCase().replaceAll(" ", "-")}`;
  return html`<section class="panel report-table" aria-labelledby=${id}><h2 id=${id}>${title}</h2>${about && html`<p class="quiet">${about}</p>`}
    ${rows.length ? html`<div class="table-scroll" tabindex="0" role="group" aria-label=${`${title}, the table`}><table>
      <thead><tr>${columns.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
      <tbody>${rows.map(({ key, name, share, cells }) => html`<tr key=${key}><th scope="row"><span class="share" style=${`--share:${Math.round((share ?? 0) * 100)}%`}>${name}</span></th>${cells.map((cell, n) => html`<td key=${n}>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>` : html`<${Empty} icon="reports" title=${empty} />`}
  </section>`;
}

const most = (items, of) => Math.max(1, ...items.map(of));

export function Sources({ report }) {
  const numbers = useNumbers(report.currency);
  const money = report.sources.some(({ revenue_minor }) => revenue_minor);
  const top = most(report.sources, ({ bookings, leads }) => Math.max(bookings, leads));
  return html`<${Table} title="Sources" empty="No source brought anybody" about="Bookings and revenue are credited as chosen above." columns=${["Source", "Leads", "Booked", "Bookings", "Change", ...(money ? ["Revenue"] : [])]}
    rows=${report.sources.map((each) => ({ key: each.source, name: each.source ? provider(each.source) : "Not known", share: each.bookings / top, cells: [
      numbers.count(each.leads), numbers.share(each.conversion), numbers.count(each.bookings),
      html`<${Change} value=${each.bookings} previous=${each.previous_bookings} better=${true} was=${numbers.count(each.previous_bookings)} />`, ...(money ? [numbers.money(each.revenue_minor)] : [])] }))} />`;
}

export function Services({ report }) {
  const numbers = useNumbers(report.currency);
  const money = report.services.some(({ revenue_minor }) => revenue_minor);
  const top = most(report.services, ({ bookings }) => bookings);
  return html`<${Table} title="Services" empty="Nothing was booked" columns=${["Service", "Booked", "Came", "No-show", "Change", ...(money ? ["Revenue"] : [])]}
    rows=${report.services.map((each) => ({ key: each.service, name: each.service || "Not named", share: each.bookings / top, cells: [
      numbers.count(each.bookings), numbers.count(each.completed), numbers.count(each.no_shows),
      html`<${Change} value=${each.bookings} previous=${each.previous_bookings} better=${true} was=${numbers.count(each.previous_bookings)} />`, ...(money ? [numbers.money(each.revenue_minor)] : [])] }))} />`;
}

export function Responses({ report }) {
  const numbers = useNumbers(report.currency);
  const { response } = report;
  const top = most(response.buckets, ({ count }) => count);
  return html`<section class="panel report-table" aria-labelledby="report-response"><h2 id="report-response">How soon people were answered</h2>
    <p class="quiet">${response.answered ? `Half within ${numbers.time(response.median_ms)}, nine in ten within ${numbers.time(response.p90_ms)}. ` : ""}${response.unanswered ? `${numbers.count(response.unanswered)} still wait for an answer.` : response.answered ? "Nobody waits." : "Nobody wrote."}</p>
    ${response.answered > 0 && html`<dl class="bars-list">${response.buckets.map(({ label, count }) => html`<div key=${label}><dt>${label}</dt><dd><span class="bar-line" style=${`--share:${Math.round((count / top) * 100)}%`}></span><span class="bar-count">${numbers.count(count)}</span></dd></div>`)}</dl>`}
  </section>`;
}

export function Workload({ report }) {
  const numbers = useNumbers(report.currency);
  const top = most(report.workload, ({ done, open }) => Math.max(done, open));
  return html`<${Table} title="Work of the staff" empty="No tasks in this time" columns=${["Who", "Done", "Before", "Open", "Overdue"]}
    rows=${report.workload.map((each) => ({ key: each.staff_id ?? "nobody", name: each.staff_id ? each.name : "Nobody's", share: each.done / top, cells: [numbers.count(each.done), numbers.count(each.previous_done), numbers.count(each.open), numbers.count(each.overdue)] }))} />`;
}
