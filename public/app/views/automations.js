// Everything that happens by itself: a readable sentence for each rule, whether it is on, and how it did this week.

import { post } from "../core/api.js";
import { usePages } from "../core/data.js";
import { classes, html, useState } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { go, link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { plural } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Switch } from "../parts/switch.js";
import { Time } from "../parts/time.js";
import { View } from "../parts/view.js";
import { RulePage } from "./automation.js";
import { readable } from "./automation_form.js";
import { Runs } from "./automation_runs.js";
import { switchRule } from "./automation_switch.js";

const TABS = [{ value: "", label: "Rules" }, { value: "runs", label: "Runs" }, { value: "archived", label: "Put away" }];

export function Page({ id, query }) {
  return id ? html`<${RulePage} key=${id} id=${id} query=${query} />` : html`<${List} query=${query} />`;
}

function List({ query }) {
  const { can } = useSession();
  const may = can("automations:write");
  const away = query.tab === "archived";
  const pages = usePages(query.tab === "runs" ? null : "/automations", { archived: away || undefined, limit: 100 });
  const items = pages.items ?? [];
  const newHref = link("automations", "new");
  useKeys([{ keys: ["n"], what: "New rule", run: () => may && go(newHref) }]);
  const actions = may && html`<a class="button primary" href=${newHref}><${Icon} name="plus" size=${14} />New rule</a>`;
  const on = items.filter(({ enabled }) => enabled).length;
  return html`<${View} title="Automations" count=${!away && items.length ? `${on} of ${items.length} on` : ""} actions=${actions} filters=${html`<${Tabs} name="tab" label="Show" options=${TABS} />`}>
    ${query.tab === "runs" ? html`<${Runs} query=${query} />` : html`
      <${Answer} of=${pages} rows=${8} isEmpty=${!items.length} empty=${away ? html`<${Empty} icon="automations" title="No rule was put away" />` : html`<${Nothing} may=${may} reload=${pages.reload} />`}>
        <ul class="rows rules">${items.map((rule) => html`<${Row} key=${rule.id} rule=${rule} may=${may && !away} reload=${pages.reload} />`)}</ul>
        ${!away && may && html`<p class="rules-end"><${Standard} reload=${pages.reload} /></p>`}
        <${More} pages=${pages} />
      <//>`}
  <//>`;
}

function Row({ rule, may, reload }) {
  const { runs_7d: runs = 0, failed_7d: broken = 0, cut_7d: cut = 0, last_run_at: last } = rule.stats ?? {};
  const [busy, setBusy] = useState(false);
  async function flip(enabled) {
    setBusy(true);
    await switchRule(rule, enabled, reload).catch((problem) => (failed(problem), reload()));
    setBusy(false);
  }
  return html`<li class=${classes("rule", !rule.enabled && "is-off")} data-id=${rule.id}>
    <${Switch} label=${`${rule.name} is on`} on=${rule.enabled} disabled=${!may || busy} onChange=${flip} />
    <a class="rule-open" data-row href=${link("automations", rule.id)}>
      <span class="rule-name">${rule.name}${rule.key && html` <span class="chip plain-chip">standard</span>`}</span>
      <span class="rule-sentence">${readable(rule.sentence)}</span>
    </a>
    <span class="rule-stats">
      <span class="quiet">${runs ? `${plural(runs, "run")} in 7 days` : last ? html`last ran <${Time} at=${last} relative />` : "has not run yet"}</span>
      ${broken > 0 && html`<span class="chip" data-tone="bad">${broken} failed</span>`}
      ${cut > 0 && html`<span class="chip" data-tone="warn">${plural(cut, "loop")} cut</span>`}
    </span>
  </li>`;
}

const Nothing = ({ may, reload }) => html`<${Empty} icon="automations" title="Nothing happens by itself yet">
  Rules send confirmations and reminders, make tasks and move people along, and each effect says which rule it came from.
  ${may && html`<span class="empty-action"><${Standard} reload=${reload} primary /></span>`}<//>`;

/** Puts the standard rules of this kind of business back; those that are there stay as they are. */
function Standard({ reload, primary }) {
  const [busy, setBusy] = useState(false);
  async function put() {
    setBusy(true);
    try {
      await post("/automations/standard");
      await reload();
      done("The standard rules are there");
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  return html`<button type="button" class=${classes("button", primary ? "primary" : "ghost small")} disabled=${busy} onClick=${put}>${primary ? "Start with the standard rules" : "Put back missing standard rules"}</button>`;
}
