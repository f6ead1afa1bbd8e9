// Runs: each time a rule's conditions held, what came of it, and the way to why.

import { usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { sentence } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";
import { whyLink } from "../parts/why.js";

const STATES = {
  waiting: ["Waiting", "busy", "clock"],
  ran: ["Done", "good", "check"],
  held: ["Held back", "quiet", "skip"],
  cut: ["Loop cut", "warn", "warn"],
  failed: ["Failed", "bad", "warn"],
};
const SHOWN = [{ value: "", label: "All" }, ...Object.entries(STATES).map(([value, [label]]) => ({ value, label }))];

/** Of one rule, or of all. */
export function Runs({ ruleId, query }) {
  const pages = usePages("/automations/runs", { rule_id: ruleId, state: query.state, limit: 50 });
  const items = pages.items ?? [];
  return html`<div class="runs">
    <div class="runs-filter"><${Tabs} name="state" label="State" options=${SHOWN} /></div>
    <${Answer} of=${pages} rows=${8} isEmpty=${!items.length} empty=${html`<${Empty} icon="automations" title=${query.state ? "None of these" : "It has not run yet"}>Each run appears here with what it did, or why it did not.<//>`}>
      <ul class="rows">${items.map((run) => html`<${Run} key=${run.id} run=${run} named=${!ruleId} />`)}</ul>
      <${More} pages=${pages} />
    <//>
  </div>`;
}

function Run({ run, named }) {
  const [word, tone, icon] = STATES[run.state] ?? [sentence(run.state), "quiet", "clock"];
  const what = run.event_type ? sentence(run.event_type) : "Its time came";
  return html`<li><a class="row row-run" data-row href=${whyLink("run", run.id)}>
    <span class="state" data-tone=${tone}><${Icon} name=${icon} size=${14} />${word}</span>
    <span class="row-title">${named ? run.rule_name : run.contact_name || sentence(run.subject_kind) || "No contact"}</span>
    <span class="row-what">${[named && run.contact_name, what, run.reason, run.folded > 0 && `${run.folded + 1} in one`].filter(Boolean).join(" · ")}</span>
    <span class="row-when quiet">${run.state === "waiting" ? html`due <${Time} at=${run.due_at} />` : html`<${Time} at=${run.finished_at ?? run.created_at} />`}</span>
  </a></li>`;
}
