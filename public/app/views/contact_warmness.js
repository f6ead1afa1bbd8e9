// How warm somebody is, why, and what else holds of them: a silence, a recall that is due.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { Meter, Reasons } from "../parts/reasons.js";
import { Answer } from "../parts/view.js";

export function Warmness({ person }) {
  const warmness = useData(`/contacts/${person.id}/warmness`);
  return html`<section aria-labelledby="warmness"><h2 class="section" id="warmness">Warmness</h2>
    <${Answer} of=${warmness} rows=${3}>${warmness.data && html`<${Meter} label="Warmness" score=${warmness.data.score} /><${Reasons} reasons=${warmness.data.reasons} />${warmness.data.holds.map(({ about, why }) => html`<p key=${about} class="quiet">${why}</p>`)}`}<//>
  </section>`;
}
