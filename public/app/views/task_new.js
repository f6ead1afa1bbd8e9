// A new task: what, about whom, for whom, when.

import { newKey, patch, post } from "../core/api.js";
import { html, useState } from "../core/html.js";
import { laters } from "../core/later.js";
import { useSession } from "../core/session.js";
import { present, startOfDay } from "../core/time.js";
import { done } from "../core/toasts.js";
import { taskTypesOf } from "../core/words.js";
import { ContactField } from "../parts/contact_field.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Problems } from "../parts/form.js";
import { useColleagues } from "../parts/person.js";
import { useWeek } from "../parts/task_actions.js";
import { WhenField } from "../parts/when_field.js";

const HALF_HOUR = 30 * 60_000;

/** `about`: the contact it is made for, if the page is one's. */
export function TaskNew({ about = null, onClose, onAdded }) {
  const { me } = useSession();
  const colleagues = useColleagues();
  const week = useWeek();
  const now = present();
  // The rest of today, rounded to a half hour people would name.
  const soon = Math.min(Math.ceil((now + 2 * HALF_HOUR) / HALF_HOUR) * HALF_HOUR, startOfDay(now, 1) - 60_000);
  const [draft, setDraft] = useState({ title: "", type: "follow_up", note: "", contact: about, assignee_id: me.staff.id, due_at: soon, key: newKey() });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (name) => (value) => setDraft((was) => ({ ...was, [name]: value }));

  async function save(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const { contact, ...rest } = draft;
    try {
      const made = await post("/tasks", { ...rest, contact_id: contact?.id ?? null });
      onAdded();
      onClose();
      done(`New task: ${made.title}`, async () => {
        await patch(`/tasks/${made.id}`, { version: made.version, status: "dismissed" });
        onAdded();
      });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  const fields = error?.fields ?? {};
  return html`<${Dialog} title="New task" onClose=${onClose}>
    <form class="stack" aria-label="New task" onSubmit=${save}>
      <${Field} label="What is to be done" value=${draft.title} onInput=${set("title")} error=${fields.title} required maxlength="200" autofocus />
      <div class="pair">
        <${Select} label="Type" value=${draft.type} onChange=${set("type")} options=${taskTypesOf(me.tenant.kind)} />
        <${Select} label="Assigned to" value=${draft.assignee_id ?? ""} onChange=${(value) => set("assignee_id")(value || null)}
          options=${[...colleagues.map(({ id, name }) => ({ value: id, label: id === me.staff.id ? `${name} (me)` : name })), { value: "", label: "Nobody" }]} />
      </div>
      <${ContactField} label="About" value=${draft.contact} onChange=${set("contact")} fixed=${!!about} />
      <${WhenField} label="Due" at=${draft.due_at} onChange=${set("due_at")} required min="2020-01-01T00:00" />
      <div class="quick">${laters(now, week).map(({ label, at }) => html`<button key=${label} type="button" class="button small" aria-pressed=${draft.due_at === at} onClick=${() => set("due_at")(at)}>${label}</button>`)}</div>
      <${Field} label="Note" value=${draft.note} onInput=${set("note")} error=${fields.note} area=${2} maxlength="2000" />
      <${Problems} error=${error} />
      <div class="form-actions"><button class="button primary" disabled=${busy || !draft.title.trim()}>${busy ? "Adding" : "Add task"}</button><button type="button" class="button ghost" onClick=${onClose}>Cancel</button></div>
    </form>
  <//>`;
}

const Select = ({ label, value, onChange, options }) => html`<label class="field"><span>${label}</span>
  <select value=${value} onChange=${(event) => onChange(event.target.value)}>${options.map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === value}>${each.label}</option>`)}</select></label>`;
