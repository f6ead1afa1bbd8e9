// Two contacts side by side, to be made one: which stays, and what it will be; undone from the toast.

import { get, post } from "../core/api.js";
import { classes, html, useEffect, useState } from "../core/html.js";
import { go, link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { done } from "../core/toasts.js";
import { nameOf, phone, provider, termsOf } from "../core/words.js";
import { ContactField } from "../parts/contact_field.js";
import { Dialog } from "../parts/dialog.js";
import { Problems } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { stageName, useStages } from "../parts/stages.js";
import { Time } from "../parts/time.js";

const ROWS = [
  ["First name", (each) => each.first_name],
  ["Last name", (each) => each.last_name],
  ["Phone", (each) => phone(each.phone)],
  ["E-mail", (each) => each.email],
  ["Stage", (each, stages) => stageName(stages, each.stage)],
  ["Tags", (each) => each.tags.join(", ")],
  ["known", (each) => (each.existing_patient ? "Yes" : "")], // called as this kind of business does
  ["Through", (each) => provider(each.source)],
  ["First heard of", (each) => html`<${Time} at=${each.created_at} />`],
  ["Last heard", (each) => (each.last_in_at ? html`<${Time} at=${each.last_in_at} />` : "")],
];

/** `other`: the contact to compare with, or null when it is still to be found. */
export function Merge({ person, other: given, onClose, onMerged }) {
  const { me } = useSession();
  const stages = useStages();
  const [other, setOther] = useState(given);
  const [kept, setKept] = useState(person.id);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  // The two as they are now: a version may be older than what a list showed.
  const [pair, setPair] = useState(null);
  useEffect(() => {
    setPair(null);
    if (other) Promise.all([get(`/contacts/${person.id}`), get(`/contacts/${other.id}`)]).then(setPair, setError);
  }, [other?.id]);
  const stays = pair?.find(({ id }) => id === kept) ?? pair?.[0];
  const goes = pair?.find(({ id }) => id !== stays?.id);

  async function merge(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { merge_id: id } = await post(`/contacts/${stays.id}/merge`, { other_id: goes.id, version: stays.version, other_version: goes.version });
      onClose();
      onMerged();
      if (stays.id !== person.id) go(link("contacts", stays.id));
      done(`${nameOf(goes)} was merged into ${nameOf(stays)}`, async () => {
        await post(`/merges/${id}/undo`);
        onMerged();
        go(link("contacts", person.id));
      });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  return html`<${Dialog} title="Merge contacts" onClose=${onClose}>
    <form class="stack merge" aria-label="Merge contacts" onSubmit=${merge}>
      ${!given && html`<${ContactField} label=${`The same person as ${nameOf(person)}`} value=${other} onChange=${setOther} without=${person.id} autofocus />`}
      ${pair && html`
        <p class="quiet">The one that stays keeps its own; blanks are filled from the other. Bookings, messages, tasks and consents of both come together.</p>
        <div class="merge-scroll" tabindex="0" role="region" aria-label="Comparison"><table class="compare">
          <thead><tr><th><span class="unseen">Field</span></th>${pair.map((each) => html`<th key=${each.id} scope="col" class=${classes(each.id === stays.id && "is-kept")}>
            <label class="check"><input type="radio" name="kept" checked=${each.id === stays.id} onChange=${() => setKept(each.id)} />${each.id === stays.id ? "Stays" : "Goes"}<span class="unseen">: ${nameOf(each)}</span></label></th>`)}
            <th scope="col">Will be</th></tr></thead>
          <tbody>${ROWS.map(([label, read]) => html`<tr key=${label} data-differs=${read(pair[0], stages) !== read(pair[1], stages) || undefined}><th scope="row">${label === "known" ? termsOf(me.tenant.kind).known : label}</th>
            ${pair.map((each) => html`<td key=${each.id} class=${classes(each.id === stays.id && "is-kept")}>${read(each, stages) || html`<span class="quiet">none</span>`}</td>`)}
            <td>${label === "Tags" ? [...new Set([...stays.tags, ...goes.tags])].join(", ") : label === "First heard of" ? read(stays.created_at <= goes.created_at ? stays : goes) : read(stays, stages) || read(goes, stages) || ""}</td></tr>`)}</tbody>
        </table></div>`}
      <${Problems} error=${error} />
      <div class="form-actions"><button class="button primary" disabled=${!pair || busy}><${Icon} name="merge" size=${14} />${busy ? "Merging" : "Merge"}</button><button type="button" class="button ghost" onClick=${onClose}>Cancel</button></div>
    </form>
  <//>`;
}
