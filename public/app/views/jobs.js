// Deferred work: what is due, what was done, and what gave up and waits for a person.

import { post } from "../core/api.js";
import { useData, usePages } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { exact } from "../core/time.js";
import { done, failed } from "../core/toasts.js";
import { plural, sentence, statesOf } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Cause } from "../parts/cause.js";
import { Facts } from "../parts/facts.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";
import { Aside, View } from "../parts/view.js";
import { Why } from "../parts/why.js";

const TABS = [...statesOf("job").sort((a, b) => (b.value === "dead") - (a.value === "dead")), { value: "all", label: "All" }];

export function Page({ id, query }) {
  const state = query.state ?? "dead";
  const pages = usePages("/jobs", { state: state === "all" ? "" : state });
  const empty = state === "dead" ? html`<${Empty} title="No work has given up">Jobs that fail again and again end here.<//>` : html`<${Empty} icon="jobs" title="No such jobs" />`;
  return html`<${View} title="Jobs" filters=${html`<${Tabs} name="state" label="State" options=${TABS} fallback="dead" />`}
    aside=${id && html`<${Opened} key=${id} id=${id} back=${link("jobs", null, query)} onChange=${pages.reload} />`}>
    <${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${empty}>
      <ul class="rows">${pages.items?.map((job) => html`
        <li key=${job.id}><a class="row row-job" data-row href=${link("jobs", job.id, query)} aria-current=${job.id === id ? "true" : undefined}>
          <span class="row-title">${sentence(job.kind)}</span>
          <span class="row-state"><${State} kind="job" of=${job.state} /></span>
          <span class="row-what">${job.last_error || job.error_code}</span>
          <span class="row-size quiet">${job.attempts > 0 && plural(job.attempts, "try", "tries")}</span>
          <span class="row-when quiet"><${Time} at=${job.finished_at ?? job.due_at} /></span>
        </a></li>`)}</ul>
      <${More} pages=${pages} />
    <//>
  <//>`;
}

function Opened({ id, back, onChange }) {
  const { can } = useSession();
  const job = useData(`/jobs/${id}`);
  const [busy, setBusy] = useState(false);
  async function retry() {
    setBusy(true);
    try {
      job.set(await post(`/jobs/${id}/retry`));
      done("It runs again");
      onChange();
    } catch (problem) {
      failed(problem);
      job.reload();
    }
    setBusy(false);
  }
  const row = job.data;
  const actions = can("jobs:retry") && row?.state === "dead" && html`<button type="button" class="button" disabled=${busy} onClick=${retry}><${Icon} name="replay" size=${14} />Retry</button>`;
  return html`<${Aside} title="Job" back=${back} actions=${actions}><${Answer} of=${job} rows=${5}>${row && html`
    <p class="lead">${sentence(row.kind)}</p>
    <p><${State} kind="job" of=${row.state} /></p>
    ${row.last_error && html`<p class="why">${row.last_error}</p>`}
    <${Facts} rows=${[
      ["Due", exact(row.due_at)],
      ["Finished", row.finished_at && exact(row.finished_at)],
      ["Made", exact(row.created_at)],
      ["Tries", row.attempts],
      ["Error", row.error_code && html`<code>${row.error_code}</code>`],
      ["About", row.subject_id && html`<code>${row.subject_id}</code>`],
      ["Why", html`<${Cause} trace=${row.trace_id} kind=${row.cause_kind} id=${row.cause_id} /> <${Why} kind="job" id=${row.id}>The whole story<//>`],
    ]} />`}<//><//>`;
}
