// When somebody should come again and for what: said by hand here, or counted from the day they came.

import { patch } from "../core/api.js";
import { useData } from "../core/data.js";
import { useDraft } from "../core/draft.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { dayKey, dayName, dayOf, fields, present } from "../core/time.js";
import { done } from "../core/toasts.js";
import { Field, Problems } from "../parts/form.js";

const keep = ({ recall_due_at, recall_service }) => ({ recall_due_at, recall_service });

export function Recall({ contact, onChanged }) {
  const { can } = useSession();
  const person = contact.data;
  const [open, setOpen] = useState(false);
  const due = person.recall_due_at;
  if (!due && !can("contacts:write")) return null;
  const year = due && fields(due).year !== fields(present()).year ? ` ${fields(due).year}` : "";
  return html`<div class="recall">
    <p><span>${due ? html`Recall ${due < present() ? "was due" : "due"} ${dayName(due)}${year}${person.recall_service && ` (${person.recall_service})`}` : html`<span class="quiet">No recall is due</span>`}</span>
      ${can("contacts:write") && html`<button type="button" class="button ghost small section-end" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>${due ? "Change recall" : "Set recall"}</button>`}</p>
    ${open && html`<${Change} contact=${contact} close=${() => setOpen(false)} onChanged=${onChanged} />`}
  </div>`;
}

function Change({ contact, close, onChanged }) {
  const { can } = useSession();
  const person = contact.data;
  const { all: draft, set, take } = useDraft({ day: person.recall_due_at ? dayKey(person.recall_due_at) : "", service: person.recall_service });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const services = useData(can("settings:read") ? "/settings" : null).data?.settings.services ?? [];
  async function put(change) {
    setBusy(true);
    setError(null);
    const before = keep(person);
    const send = async (version, what) => {
      const saved = await patch(`/contacts/${person.id}`, { version, ...what });
      contact.set(saved);
      onChanged();
      return saved;
    };
    try {
      const saved = await send(person.version, change);
      close();
      done(change.recall_due_at ? `Recall due ${dayName(change.recall_due_at)}` : "Recall taken away", () => send(saved.version, before));
    } catch (problem) {
      setError(problem);
      setBusy(false);
      if (problem.code === "stale") contact.reload();
    }
  }
  function save(event) {
    event.preventDefault();
    try {
      take();
    } catch (problem) {
      return setError(problem);
    }
    // The instant stays what it was on a day that did not change: it may carry an hour of its own.
    const same = person.recall_due_at && dayKey(person.recall_due_at) === draft.day;
    put({ recall_due_at: same ? person.recall_due_at : dayOf(draft.day), recall_service: draft.service.trim() });
  }
  return html`<form class="stack" aria-label="Recall" onSubmit=${save}>
    <${Field} label="Due on" type="date" value=${draft.day} onInput=${set("day")} required autofocus />
    <${Field} label="For" value=${draft.service} onInput=${set("service")} maxlength="100" list="recall-services" placeholder="Any service" />
    <datalist id="recall-services">${services.map(({ name }) => html`<option key=${name} value=${name}></option>`)}</datalist>
    <${Problems} error=${error} />
    <div class="form-actions"><button class="button primary small" disabled=${busy || !dayOf(draft.day)}>Save</button>
      ${person.recall_due_at && html`<button type="button" class="button small" disabled=${busy} onClick=${() => put({ recall_due_at: null, recall_service: "" })}>Take away</button>`}
      <button type="button" class="button ghost small" onClick=${close}>Cancel</button></div>
  </form>`;
}
