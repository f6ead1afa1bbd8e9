// Where somebody stands in the pipeline, how they came there; `recall` stands below.

import { post } from "../core/api.js";
import { useData } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { DAY, present, span } from "../core/time.js";
import { nameOf, plural } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { stageName, useStages } from "../parts/stages.js";
import { Time } from "../parts/time.js";
import { Why } from "../parts/why.js";

const SHOWN = 8;

export function Stage({ contact, onMoved, recall }) {
  const { can } = useSession();
  const person = contact.data;
  const stages = useStages();
  const [history, setHistory] = useState(false);
  const days = Math.floor((present() - person.stage_since) / DAY);

  async function move(stage) {
    const from = person.stage;
    contact.set({ ...person, stage, stage_since: present() });
    try {
      const saved = await post(`/contacts/${person.id}/move`, { stage, version: person.version });
      contact.set(saved);
      done(`${nameOf(person)}: ${stageName(stages, stage)}`, async () => {
        contact.set(await post(`/contacts/${person.id}/move`, { stage: from, version: saved.version }));
        onMoved();
      });
    } catch (problem) {
      failed(problem);
      contact.set(person);
    }
    onMoved();
  }
  return html`<section aria-labelledby="stage"><h2 class="section" id="stage">Stage
      <button type="button" class="button ghost small section-end" aria-expanded=${history ? "true" : "false"} onClick=${() => setHistory(!history)}>History</button></h2>
    <div class="stage-line">
      <label class="pick"><span class="unseen">Stage</span>
        <select value=${person.stage} disabled=${!can("contacts:write")} onChange=${(event) => move(event.target.value)}>
          ${stages.map(({ key, label }) => html`<option key=${key} value=${key} selected=${key === person.stage}>${label}</option>`)}
          ${!stages.some(({ key }) => key === person.stage) && html`<option value=${person.stage} selected>${stageName(stages, person.stage)}</option>`}
        </select></label>
      ${person.stage_since > 0 && html`<span class="quiet">for ${days < 1 ? span(Math.max(60_000, present() - person.stage_since)) : plural(days, "day")}</span>`}
    </div>
    ${recall}
    ${history && html`<${Moves} id=${person.id} stages=${stages} key=${person.version} />`}
  </section>`;
}

function Moves({ id, stages }) {
  const moves = useData(`/contacts/${id}/moves`, { limit: SHOWN });
  return html`<${Answer} of=${moves} rows=${2} isEmpty=${!moves.data?.items.length} empty=${html`<p class="none quiet">Never moved</p>`}>
    <ol class="moves">${moves.data?.items.map((move) => html`<li key=${move.id}>
      <span>${stageName(stages, move.from_stage)} to ${stageName(stages, move.to_stage)}</span><${Time} at=${move.at} />
      <span class="quiet">${move.why} <${Why} kind="move" id=${move.id} /></span></li>`)}</ol><//>`;
}
