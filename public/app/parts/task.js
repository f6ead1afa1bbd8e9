// A task, opened: all of it, what it is about, why it exists, and what to do with it.

import { useData } from "../core/data.js";
import { useDraft } from "../core/draft.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayName, exact } from "../core/time.js";
import { causeName, taskType } from "../core/words.js";
import { Answer } from "./answer.js";
import { Facts } from "./facts.js";
import { Field, Problems } from "./form.js";
import { Icon } from "./icon.js";
import { Meter, Reasons } from "./reasons.js";
import { Aside } from "./view.js";
import { WhenField } from "./when_field.js";
import { Why } from "./why.js";

const STATUS = { open: "Open", done: "Done", dismissed: "Not needed" };

export function TaskAside({ id, back, actions, now }) {
  const answer = useData(`/tasks/${id}`);
  const task = answer.data && actions.over([answer.data])[0];
  const [editing, setEditing] = useState(false);
  const edit = task?.status === "open" && actions.may && !editing && html`<button type="button" class="button ghost" onClick=${() => setEditing(true)}>Edit</button>`;
  return html`<${Aside} title="Task" back=${back} actions=${edit}>
    <${Answer} of=${answer} rows=${5}>${task && html`<${Detail} task=${task} actions=${actions} now=${now} editing=${editing} stop=${() => setEditing(false)} />`}<//>
  <//>`;
}

function Detail({ task, actions, now, editing, stop }) {
  const { can } = useSession();
  const open = task.status === "open";
  const late = open && task.due_at < now;
  const beside = (act) => (event) => act(task, event.currentTarget);
  return html`<div class="stack" data-id=${task.id}>
    ${editing ? html`<${Edit} task=${task} actions=${actions} close=${stop} />` : html`
      <p class="lead">${task.title}</p>
      ${task.note && html`<p class="note">${task.note}</p>`}`}
    ${actions.may && !editing && html`<div class="task-buttons">
      ${open
        ? html`<button type="button" class="button primary" onClick=${() => actions.finish(task)}><${Icon} name="check" size=${14} />Done</button>
          <button type="button" class="button" onClick=${beside(actions.snooze)}><${Icon} name="clock" size=${14} />Snooze</button>
          <button type="button" class="button" onClick=${beside(actions.assign)}>Assign</button>
          <button type="button" class="button ghost" onClick=${() => actions.dismiss(task)}>Not needed</button>`
        : html`<button type="button" class="button" onClick=${() => actions.reopen(task)}><${Icon} name="replay" size=${14} />Open again</button>`}
    </div>`}
    <${Facts} rows=${[
      ["Type", taskType(task.type)[0]],
      ["Status", open ? "" : STATUS[task.status]],
      ["Due", task.due_at && html`<span class=${late ? "is-late" : ""}>${dayName(task.due_at)}, ${clock(task.due_at)}${late ? " (late)" : ""}</span>`],
      ["Assigned to", task.assignee_name || "Nobody"],
      ["About", task.contact_id && can("contacts:read") ? html`<a href=${link("contacts", task.contact_id)}>${task.contact_name || "The contact"}</a>` : task.contact_name],
      ["Booking", task.booking_id && can("bookings:read") && html`<a href=${link("calendar", task.booking_id)}>Open the booking</a>`],
      ["Made", exact(task.created_at)],
      ["Done", task.done_at && !open && exact(task.done_at)],
      ["Because", task.cause && html`${causeName(task.cause.kind)} <${Why} kind="task" id=${task.id} />`],
    ]} />
    <section><h3 class="section">Priority</h3><${Meter} label="Priority" score=${task.priority} /><${Reasons} reasons=${task.reasons} /></section>
  </div>`;
}

function Edit({ task, actions, close }) {
  const before = { title: task.title, note: task.note ?? "", due_at: task.due_at };
  const { all: draft, set, changed, take } = useDraft(before);
  const [error, setError] = useState(null);
  function save(event) {
    event.preventDefault();
    try {
      if (changed.length) actions.edit(task, take(), Object.fromEntries(changed.map((name) => [name, before[name]])));
      close();
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<form class="stack" aria-label="Edit task" onSubmit=${save}>
    <${Field} label="Title" value=${draft.title} onInput=${set("title")} required maxlength="200" />
    <${Field} label="Note" value=${draft.note} onInput=${set("note")} area=${3} maxlength="2000" />
    <${WhenField} label="Due" at=${draft.due_at} onChange=${set("due_at")} required />
    <${Problems} error=${error} />
    <div class="form-actions"><button class="button primary">Save</button><button type="button" class="button ghost" onClick=${close}>Cancel</button></div>
  </form>`;
}
