// What is to be done for one person, and what was done lately.

import { usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { present } from "../core/time.js";
import { Answer } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { useTaskActions, useTaskKeys } from "../parts/task_actions.js";
import { TaskRow } from "../parts/task_row.js";

const DONE_SHOWN = 3;

export function ContactTasks({ person, add }) {
  const pages = usePages("/tasks", { contact_id: person.id, view: "all", limit: 50 });
  const actions = useTaskActions({ onSettled: pages.reload, ready: pages.data !== undefined });
  const tasks = actions.over(pages.items ?? []);
  useTaskKeys(actions, (id) => tasks.find((task) => task.id === id));
  const open = tasks.filter(({ status }) => status === "open").sort((a, b) => a.due_at - b.due_at);
  const closed = tasks.filter(({ status }) => status !== "open").sort((a, b) => b.done_at - a.done_at).slice(0, DONE_SHOWN);
  const now = present();
  return html`<section aria-labelledby="tasks"><h2 class="section" id="tasks">Tasks ${open.length > 0 && html`<span class="count">${open.length}</span>`}
      ${add && html`<button type="button" class="button ghost small section-end" onClick=${add} title="New task (N)"><${Icon} name="plus" size=${12} />Task</button>`}</h2>
    <${Answer} of=${pages} rows=${2} isEmpty=${!open.length && !closed.length} empty=${html`<p class="none quiet">Nothing to do for them</p>`}>
      <ul class="tasks">${[...open, ...closed].map((task) => html`<${TaskRow} key=${task.id} task=${task} now=${now} actions=${actions} contact=${false} href=${link("today", null, { task: task.id })} />`)}</ul>
    <//>
  </section>`;
}
