// Who works here, and what their role lets them do.

import { patch, post } from "../core/api.js";
import { usePages } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { roles, sentence } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Field, Problems } from "../parts/form.js";
import { Icon } from "../parts/icon.js";

export function Staff() {
  const { can, me } = useSession();
  const pages = usePages("/staff", { limit: 100 });
  const [adding, setAdding] = useState(false);
  const mayTouch = (person) => can("staff:write") && (me.staff.role === "owner" || person.role !== "owner");
  async function change(person, changes) {
    const back = Object.fromEntries(Object.keys(changes).map((name) => [name, person[name]]));
    try {
      const saved = await patch(`/staff/${person.id}`, { version: person.version, ...changes });
      pages.reload();
      done(`${person.name} changed`, async () => {
        await patch(`/staff/${person.id}`, { version: saved.version, ...back });
        pages.reload();
      });
    } catch (problem) {
      failed(problem);
      pages.reload();
    }
  }
  return html`<div class="settings wide-panel"><section class="panel" aria-labelledby="staff">
    <div class="panel-head"><h2 id="staff">Staff</h2>
      ${can("staff:write") && !adding && html`<button type="button" class="button" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${14} />Add</button>`}</div>
    ${adding && html`<${NewPerson} onDone=${() => (setAdding(false), pages.reload())} close=${() => setAdding(false)} />`}
    <${Answer} of=${pages} rows=${4} isEmpty=${!pages.items?.length} empty=${html`<${Empty} icon="contacts" title="Nobody" />`}>
      <ul class="plain people">${pages.items?.map((person) => html`<li key=${person.id} class=${person.active ? "" : "is-void"}>
        <span class="person-text"><span class="person-name">${person.name}${person.id === me.staff.id && html` <span class="chip">you</span>`}</span><span class="quiet">${person.email}</span></span>
        ${mayTouch(person) ? html`
          <label class="pick"><span class="unseen">Role of ${person.name}</span>
            <select onChange=${(event) => change(person, { role: event.target.value })} disabled=${!person.active}>
              ${roles.filter((role) => role !== "owner" || me.staff.role === "owner").map((role) => html`<option key=${role} value=${role} selected=${role === person.role}>${sentence(role)}</option>`)}
            </select></label>
          <button type="button" class="button small" aria-label=${`${person.active ? "Deactivate" : "Reactivate"} ${person.name}`} disabled=${person.id === me.staff.id} onClick=${() => change(person, { active: !person.active })}>${person.active ? "Deactivate" : "Reactivate"}</button>`
        : html`<span class="chip">${sentence(person.role)}</span>`}
      </li>`)}</ul>
      <${More} pages=${pages} />
    <//>
  </section></div>`;
}

function NewPerson({ onDone, close }) {
  const { me } = useSession();
  const [draft, setDraft] = useState({ name: "", email: "", role: "staff" });
  const [error, setError] = useState(null);
  const set = (name) => (value) => setDraft({ ...draft, [name]: value });
  async function save(event) {
    event.preventDefault();
    setError(null);
    try {
      const person = await post("/staff", draft);
      done(`${person.name} can sign in now`, () => patch(`/staff/${person.id}`, { version: person.version, active: false }).then(onDone));
      onDone();
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<form class="stack new-person" aria-label="Add staff" onSubmit=${save}>
    <div class="trio">
      <${Field} label="Name" value=${draft.name} onInput=${set("name")} maxlength="100" required error=${error?.fields.name} />
      <${Field} label="E-mail" type="email" value=${draft.email} onInput=${set("email")} required error=${error?.fields.email} />
      <label class="field"><span>Role</span><select value=${draft.role} onChange=${(event) => set("role")(event.target.value)}>
        ${roles.filter((role) => role !== "owner" || me.staff.role === "owner").map((role) => html`<option key=${role} value=${role} selected=${role === draft.role}>${sentence(role)}</option>`)}</select></label>
    </div>
    <${Problems} error=${error && !Object.keys(error.fields).length ? error : null} />
    <div class="form-actions"><button class="button primary">Add</button><button type="button" class="button ghost" onClick=${close}>Cancel</button></div>
  </form>`;
}
