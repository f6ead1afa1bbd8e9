// A task in a list: what, for whom, why it matters, when, and who does it.

import { classes, html } from "../core/html.js";
import { MINUTE, clock, exact, shortDay, span, startOfDay } from "../core/time.js";
import { taskType } from "../core/words.js";
import { Icon } from "./icon.js";
import { Face } from "./person.js";
import { Score } from "./reasons.js";

/** "2 h late", "14:30", "Tomorrow 09:00", "Mon 24 Nov". */
function dueText(due, late, now) {
  if (late) return now - due < MINUTE ? "now" : `${span(now - due)} late`;
  if (due < startOfDay(now) || due >= startOfDay(now, 2)) return shortDay(due);
  return due < startOfDay(now, 1) ? clock(due) : `Tomorrow ${clock(due)}`;
}

function Due({ task, now }) {
  const late = task.status === "open" && task.due_at < now;
  const text = dueText(task.due_at, late, now);
  return html`<time class=${classes("task-due", late && "is-late")} datetime=${new Date(task.due_at).toISOString()} title=${exact(task.due_at)}>${text}</time>`;
}

export function TaskRow({ task, now, href, current, actions, contact = true }) {
  const [kind, icon] = taskType(task.type);
  // Titles often name the person already.
  const about = contact && task.contact_name && !task.title.includes(task.contact_name) ? task.contact_name : "";
  return html`<li class=${classes("task", task.status !== "open" && "is-done")} data-id=${task.id}>
    ${actions.may
      ? html`<button type="button" class="task-check" aria-label=${task.status === "open" ? `Done: ${task.title}` : `Open again: ${task.title}`} title=${task.status === "open" ? "Done (E)" : "Open again"}
          onClick=${() => (task.status === "open" ? actions.finish(task) : actions.reopen(task))}><${Icon} name="check" size=${12} /></button>`
      : html`<span class="task-check" aria-hidden="true"></span>`}
    <a class="task-open" data-row href=${href} aria-current=${current ? "true" : undefined}>
      <span class="task-title">${task.title}</span>
      ${about && html`<span class="unseen">, ${about}</span>`}
    </a>
    <span class="task-contact" aria-hidden="true">${about}</span>
    <span class="task-type"><${Icon} name=${icon} size=${13} />${kind}</span>
    <${Score} label="Priority" score=${task.priority} reasons=${task.reasons} />
    <${Due} task=${task} now=${now} />
    ${actions.may
      ? html`<button type="button" class="task-who" title="Assign (A)" onClick=${(event) => actions.assign(task, event.currentTarget)}><span class="unseen">Assigned to </span><${Face} name=${task.assignee_name} small none="nobody" /><span class="unseen">: ${task.title}. Change</span></button>
        <button type="button" class="task-later" aria-label=${`Snooze: ${task.title}`} title="Snooze (S)" onClick=${(event) => actions.snooze(task, event.currentTarget)}><${Icon} name="clock" size=${14} /></button>`
      : html`<${Face} name=${task.assignee_name} small none="Nobody" />`}
  </li>`;
}
