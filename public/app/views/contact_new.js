// A new contact, made by hand.

import { newKey, post } from "../core/api.js";
import { html, useState } from "../core/html.js";
import { go, link } from "../core/router.js";
import { done } from "../core/toasts.js";
import { nameOf } from "../core/words.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Problems, TagInput } from "../parts/form.js";

export function ContactNew({ onClose }) {
  const [draft, setDraft] = useState({ first_name: "", last_name: "", phone: "", email: "", tags: [], key: newKey() });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (name) => (value) => setDraft((was) => ({ ...was, [name]: value }));
  async function save(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const made = await post("/contacts", { ...draft, phone: draft.phone.trim() || null, email: draft.email.trim() || null });
      onClose();
      go(link("contacts", made.id));
      done(`${nameOf(made)} added`);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  const fields = error?.fields ?? {};
  return html`<${Dialog} title="New contact" onClose=${onClose}>
    <form class="stack" aria-label="New contact" onSubmit=${save}>
      <div class="pair">
        <${Field} label="First name" value=${draft.first_name} onInput=${set("first_name")} error=${fields.first_name} maxlength="100" autofocus />
        <${Field} label="Last name" value=${draft.last_name} onInput=${set("last_name")} error=${fields.last_name} maxlength="100" />
      </div>
      <div class="pair">
        <${Field} label="Phone" type="tel" value=${draft.phone} onInput=${set("phone")} error=${fields.phone} />
        <${Field} label="E-mail" type="email" value=${draft.email} onInput=${set("email")} error=${fields.email} />
      </div>
      <${TagInput} label="Tags" tags=${draft.tags} onChange=${set("tags")} />
      <${Problems} error=${error} />
      <div class="form-actions"><button class="button primary" disabled=${busy || !(draft.first_name || draft.last_name || draft.phone || draft.email).trim()}>${busy ? "Adding" : "Add contact"}</button><button type="button" class="button ghost" onClick=${onClose}>Cancel</button></div>
    </form>
  <//>`;
}
