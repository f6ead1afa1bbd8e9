// How warm somebody is, why, how much they want it as far as we know, and what else holds of them.

import { patch } from "../core/api.js";
import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { Answer } from "../parts/answer.js";
import { Meter, Reasons } from "../parts/reasons.js";

/** How much they want it, as one hears it on the phone; rules may set any number between. */
const WISHES = [[null, "Not known"], [0, "Not interested"], [25, "Only asking"], [50, "Interested"], [75, "Wants to come"], [100, "Wants to book now"]];

export function Warmness({ contact }) {
  const { can } = useSession();
  const person = contact.data;
  const warmness = useData(`/contacts/${person.id}/warmness`);
  async function say(intent) {
    const before = person.intent;
    const send = async (version, what) => {
      const saved = await patch(`/contacts/${person.id}`, { version, intent: what });
      contact.set(saved);
      warmness.reload();
      return saved;
    };
    contact.set({ ...person, intent });
    try {
      const saved = await send(person.version, intent);
      done(intent === null ? "Interest: not known" : `Interest: ${nameOf(intent)}`, () => send(saved.version, before));
    } catch (problem) {
      failed(problem);
      contact.set(person);
      contact.reload();
    }
  }
  return html`<section aria-labelledby="warmness"><h2 class="section" id="warmness">Warmness</h2>
    <${Answer} of=${warmness} rows=${3}>${warmness.data && html`<${Meter} label="Warmness" score=${warmness.data.score} /><${Reasons} reasons=${warmness.data.reasons} />${warmness.data.holds.map(({ about, why }) => html`<p key=${about} class="quiet">${why}</p>`)}`}<//>
    <label class="pick interest"><span>Interest</span>
      <select value=${String(person.intent)} disabled=${!can("contacts:write")} onChange=${(event) => say(event.target.value === "null" ? null : Number(event.target.value))}>
        ${choices(person.intent).map(([value, label]) => html`<option key=${value} value=${String(value)} selected=${value === person.intent}>${label}</option>`)}
      </select></label>
  </section>`;
}

const nameOf = (intent) => WISHES.find(([value]) => value === intent)?.[1].toLowerCase() ?? `${intent} of 100`;
const choices = (intent) => (WISHES.some(([value]) => value === intent) ? WISHES : [...WISHES, [intent, `${intent} of 100`]]);
