// The totals: what they are now, and how that differs from the period before, told without colour too.

import { html } from "../core/html.js";
import { useSession } from "../core/session.js";

const MINUTE = 60_000;

/** How numbers of a report read: by kind, in the business's language and currency. */
export function useNumbers(currency) {
  const { me } = useSession();
  const of = (options) => (value) => (value === null || value === undefined ? "–" : new Intl.NumberFormat(me.tenant.locale, options).format(value));
  const cents = new Intl.NumberFormat(me.tenant.locale, { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  return {
    count: of({ maximumFractionDigits: 1 }),
    share: of({ style: "percent", maximumFractionDigits: 0 }),
    money: (minor) => of({ style: "currency", currency, maximumFractionDigits: Math.abs(minor ?? 0) >= 100_000 ? 0 : cents })(minor === null || minor === undefined ? minor : minor / 10 ** cents),
    /** As money, as short as an axis wants it. */
    round: (minor) => of({ style: "currency", currency, trailingZeroDisplay: "stripIfInteger" })(minor / 10 ** cents),
    micros: (micros) => of({ style: "currency", currency, maximumFractionDigits: 2 })(micros === null || micros === undefined ? micros : micros / 1e6),
    time: (ms) => (ms === null || ms === undefined ? "–" : ms < 60 * MINUTE ? `${Math.max(1, Math.round(ms / MINUTE))} min` : ms < 48 * 60 * MINUTE ? `${(ms / (60 * MINUTE)).toFixed(1)} h` : `${Math.round(ms / (24 * 60 * MINUTE))} d`),
  };
}

/** name in the totals, words, kind, whether more is better (null: neither). */
const FIGURES = [
  ["bookings", "Bookings made", "count", true],
  ["completed", "Came", "count", true],
  ["show_rate", "Show rate", "share", true],
  ["no_shows", "No-shows", "count", false],
  ["cancelled", "Cancelled", "count", false],
  ["leads", "Leads", "count", true],
  ["conversion", "Leads who booked", "share", true],
  ["revenue_minor", "Revenue", "money", true],
  ["response_median_ms", "Usual answer time", "time", false],
  ["messages_sent", "Messages sent", "count", null],
  ["messages_cost_micros", "Spent on messages", "micros", false],
  ["tasks_done", "Tasks done", "count", true],
];

export function Figures({ report }) {
  const numbers = useNumbers(report.currency);
  return html`<section aria-label="Totals"><dl class="figures">${FIGURES.filter(([name]) => report.totals[name]).map(([name, label, kind, better]) => {
    const { value, previous } = report.totals[name];
    return html`<div key=${name} class="figure"><dt>${label}</dt><dd><span class="figure-value">${numbers[kind](value)}</span><${Change} value=${value} previous=${previous} share=${kind === "share"} better=${better} was=${numbers[kind](previous)} /></dd></div>`;
  })}</dl></section>`;
}

/** "+12 %", with an arrow; percentages differ in points. */
export function Change({ value, previous, share, better, was }) {
  if (value === null || value === undefined || previous === null || previous === undefined) return html`<span class="change" data-tone="quiet">${previous === null || previous === undefined ? "nothing to compare" : `was ${was}`}</span>`;
  const gap = share ? Math.round((value - previous) * 100) : previous ? Math.round(((value - previous) / Math.abs(previous)) * 100) : null;
  if (!gap) return html`<span class="change" data-tone="quiet">${value === previous || gap === 0 ? "as before" : `was ${was}`}</span>`;
  const tone = better === null ? "quiet" : gap > 0 === better ? "good" : "bad";
  return html`<span class="change" data-tone=${tone} title=${`was ${was}`}><span aria-hidden="true">${gap > 0 ? "▲" : "▼"}</span> ${Math.abs(gap)}${share ? " pts" : " %"}<span class="unseen"> ${gap > 0 ? "more" : "less"} than ${was} before</span></span>`;
}
