// The week or the month in figures, each beside the one before; charts with a table behind each.

import { post } from "../core/api.js";
import { useData } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { go, withQuery } from "../core/router.js";
import { useSession } from "../core/session.js";
import { dayKey, dayOf, present } from "../core/time.js";
import { done, failed } from "../core/toasts.js";
import { Answer, Empty } from "../parts/answer.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";
import { View } from "../parts/view.js";
import { Charts } from "./reports_charts.js";
import { Figures } from "./reports_figures.js";
import { Proof } from "./reports_proof.js";
import { Responses, Services, Sources, Workload } from "./reports_tables.js";

const KINDS = [{ value: "weekly", label: "Week" }, { value: "monthly", label: "Month" }];
const MODELS = [
  { value: "first", label: "First touch" }, { value: "last", label: "Last touch" }, { value: "linear", label: "Evenly among all" },
  { value: "decay", label: "More to the later" }, { value: "position", label: "Most to first and last" },
];

export function Page({ query }) {
  const { can } = useSession();
  const kind = query.kind === "monthly" ? "monthly" : "weekly";
  const model = MODELS.some(({ value }) => value === query.model) ? query.model : "first";
  const answer = useData(`/reports/${kind}`, { start: query.start, model });
  const report = answer.data;
  const running = report && dayOf(report.period.end) > present();
  const actions = html`
    ${report && html`<a class="button icon-only" href=${withQuery({ start: report.period.previous_start })} aria-label="The one before"><${Icon} name="left" /></a>`}
    ${report && !running
      ? html`<a class="button icon-only" href=${withQuery({ start: report.period.end })} aria-label="The one after"><${Icon} name="right" /></a>`
      : html`<button type="button" class="button icon-only" aria-label="The one after" disabled><${Icon} name="right" /></button>`}
    <${Export} kind=${kind} model=${model} report=${report} />`;
  const filters = html`<strong class="report-date">${report?.period.label}</strong><${Tabs} name="kind" label="Period" options=${KINDS} fallback="weekly" />
    <label class="pick"><span class="unseen">Credit for bookings goes to</span>
      <select onChange=${(event) => go(withQuery({ model: event.target.value === "first" ? "" : event.target.value }), { replace: true })}>${MODELS.map(({ value, label }) => html`<option key=${value} value=${value} selected=${value === model}>Credit: ${label.toLowerCase()}</option>`)}</select></label>
    <input class="report-day" type="date" aria-label="Any day of the period" value=${report?.period.start ?? query.start ?? ""} max=${dayKey(present())} onChange=${(event) => event.target.value && go(withQuery({ start: event.target.value }))} />
    ${query.start && html`<a class="button ghost small" href=${withQuery({ start: "" })}>Last whole ${kind === "weekly" ? "week" : "month"}</a>`}`;
  const quiet = report && ["bookings", "appointments", "leads", "messages_sent", "messages_received"].every((name) => !report.totals[name]?.value);
  return html`<${View} title="Reports" count=${report ? report.period.label : ""} actions=${actions} filters=${filters}>
    <${Answer} of=${answer} rows=${10}>${report && html`<div class="report" aria-busy=${answer.busy ? "true" : undefined}>
      ${!report.period.complete && html`<p class="report-note" data-tone="busy">This ${kind === "weekly" ? "week" : "month"} is still running; its figures are those so far.</p>`}
      ${quiet
        ? html`<${Empty} icon="reports" title="Nothing happened in this time">Bookings, leads and messages are counted from the day they come in.<//>`
        : html`
          <${Figures} report=${report} />
          <${Charts} report=${report} />
          <div class="report-pair"><${Sources} report=${report} /><${Services} report=${report} /></div>
          <div class="report-pair"><${Responses} report=${report} /><${Workload} report=${report} /></div>`}
      <p class="quiet report-end">Reckoned <${Time} at=${report.generated_at} />, on the clock of ${report.period.zone.replaceAll("_", " ")}, beside ${report.period.previous_label}.${report.pending ? " The latest changes of some days are still being added." : ""}</p>
      ${can("reports:write") && html`<${Proof} />`}
    </div>`}<//>
  <//>`;
}

function Export({ kind, model, report }) {
  const { can } = useSession();
  const [busy, setBusy] = useState(false);
  async function mail() {
    setBusy(true);
    try {
      const { to } = await post(`/reports/${kind}/email`, { start: report.period.start });
      done(`On its way to ${to.join(", ") || "nobody: there is no address"}`);
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  if (!report) return null;
  const sheet = `/api/v1/reports/${kind}.csv?${new URLSearchParams({ start: report.period.start, model })}`;
  return html`<a class="button" href=${sheet} download aria-label="Download as CSV"><${Icon} name="down" size=${14} /><span>CSV</span></a>
    ${can("reports:write") && html`<button type="button" class="button report-mail" disabled=${busy} onClick=${mail} aria-label="E-mail it now"><${Icon} name="mail" size=${14} /><span>E-mail</span></button>`}`;
}
