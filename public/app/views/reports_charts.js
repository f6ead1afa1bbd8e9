// What a report draws day by day.

import { html } from "../core/html.js";
import { dayOf, fields, shortDay, weekday } from "../core/time.js";
import { Chart } from "../parts/chart.js";
import { useNumbers } from "./reports_figures.js";

const CHARTS = [
  { title: "Bookings made and leads", series: [{ key: "bookings", label: "Bookings", tone: "--accent", bars: true }, { key: "leads", label: "Leads", tone: "--busy" }], kind: "count" },
  { title: "How bookings went", series: [{ key: "completed", label: "Came", tone: "--good", bars: true }, { key: "no_shows", label: "No-show", tone: "--warn" }, { key: "cancelled", label: "Cancelled", tone: "--ink-3" }], kind: "count" },
  { title: "Revenue", series: [{ key: "revenue_minor", label: "Revenue", tone: "--accent", bars: true }], kind: "money" },
  { title: "Messages, both ways", series: [{ key: "messages", label: "Messages", tone: "--busy", bars: true }], kind: "count" },
];

export function Charts({ report }) {
  const numbers = useNumbers(report.currency);
  const days = report.days.map(({ day }) => dayOf(day));
  const labels = days.map((day) => (days.length <= 7 ? `${weekday(day)} ${fields(day).day}` : String(fields(day).day)));
  const shown = CHARTS.filter(({ series }) => series.some(({ key }) => report.days.some((day) => day[key])));
  return html`<div class="charts">${shown.map(({ title, series, kind }) => html`
    <${Chart} key=${title} title=${title} labels=${labels} names=${days.map(shortDay)} format=${numbers[kind]} axis=${kind === "money" ? numbers.round : numbers[kind]}
      series=${series.map(({ key, ...rest }) => ({ ...rest, values: report.days.map((day) => day[key]) }))} />`)}</div>`;
}
