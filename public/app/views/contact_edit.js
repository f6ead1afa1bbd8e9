// Editing a contact: only what was changed is sent; undo sends the old values back.

import { patch } from "../core/api.js";
import { useDraft } from "../core/draft.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done } from "../core/toasts.js";
import { termsOf } from "../core/words.js";
import { Field, Problems, TagInput } from "../parts/form.js";

const NULLABLE = new Set(["phone", "email", "time_zone"]);

export function ContactEdit({ contact, onSaved, reload, close }) {
  const { me } = useSession();
  const { all: draft, set, changed, take } = useDraft(contact);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);

  async function save(event) {
    event.preventDefault();
    if (!changed.length) return close();
    setBusy(true);
    setError(null);
    const pick = (of) => Object.fromEntries(changed.map((name) => [name, NULLABLE.has(name) && !of[name] ? null : of[name]]));
    try {
      const saved = await patch(`/contacts/${contact.id}`, { version: contact.version, ...pick(take()) });
      onSaved(saved);
      close();
      done("Contact changed", async () => onSaved(await patch(`/contacts/${contact.id}`, { version: saved.version, ...pick(contact) })));
    } catch (problem) {
      setError(problem);
      setBusy(false);
      if (problem.code === "stale") reload();
    }
  }
  const fields = error?.fields ?? {};
  return html`<form class="stack" onSubmit=${save} aria-label="Edit contact">
    <div class="pair">
      <${Field} label="First name" value=${draft.first_name} onInput=${set("first_name")} error=${fields.first_name} maxlength="100" />
      <${Field} label="Last name" value=${draft.last_name} onInput=${set("last_name")} error=${fields.last_name} maxlength="100" />
    </div>
    <${Field} label="Phone" type="tel" value=${draft.phone ?? ""} onInput=${set("phone")} error=${fields.phone} />
    <${Field} label="E-mail" type="email" value=${draft.email ?? ""} onInput=${set("email")} error=${fields.email} />
    <${TagInput} label="Tags" tags=${draft.tags} onChange=${set("tags")} />
    <${Field} label="Their time zone" value=${draft.time_zone ?? ""} onInput=${set("time_zone")} error=${fields.time_zone} placeholder="As the business" />
    <label class="check"><input type="checkbox" checked=${draft.existing_patient} onChange=${(event) => set("existing_patient")(event.target.checked)} />${termsOf(me.tenant.kind).known}</label>
    <${Problems} error=${error} />
    <div class="form-actions">
      <button class="button primary" disabled=${busy || !changed.length}>${busy ? "Saving" : "Save"}</button>
      <button type="button" class="button ghost" onClick=${close}>Cancel</button>
    </div>
  </form>`;
}
