// The morning: what is to be done, who comes today, and what needs a person.

import { useNow } from "../core/clock.js";
import { doubt } from "../core/fresh.js";
import { html, useState } from "../core/html.js";
import { NARROW, useMedia } from "../core/media.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { dayName } from "../core/time.js";
import { taskTypesOf } from "../core/words.js";
import { BookingAside } from "../parts/booking.js";
import { Pick, Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { lazily } from "../parts/lazy.js";
import { TaskAside } from "../parts/task.js";
import { View } from "../parts/view.js";
import { Needs } from "./needs.js";
import { TodayBookings } from "./today_bookings.js";
import { TodayTasks, useToday } from "./today_tasks.js";

const WHO = [{ value: "", label: "All" }, { value: "me", label: "Mine" }, { value: "none", label: "Unassigned" }];
const PARTS = [{ value: "", label: "Tasks" }, { value: "bookings", label: "Bookings" }, { value: "needs", label: "Needs a person" }];
const TaskNew = lazily(() => import("./task_new.js"), "TaskNew");

export function Page({ id, query }) {
  const { me, can } = useSession();
  const now = useNow();
  const [adding, setAdding] = useState(false);
  const today = useToday({ query, now, add: () => can("tasks:write") && setAdding(true) });
  const back = link("today", null, { ...query, task: "" });
  const actions = can("tasks:write") && html`<button type="button" class="button" onClick=${() => setAdding(true)} title="New task (N)"><${Icon} name="plus" size=${14} />Task</button>`;
  const tasksShown = !useMedia(NARROW) || !query.part;
  const filters = html`
    <${Tabs} name="part" label="Part of the day" options=${PARTS} only="phone" />
    ${tasksShown && html`<${Tabs} name="who" label="Whose tasks" options=${WHO} /><${Pick} name="type" label="Type" options=${taskTypesOf(me.tenant.kind)} />`}`;
  const aside = query.task
    ? html`<${TaskAside} key=${query.task} id=${query.task} back=${back} actions=${today.actions} now=${now} />`
    : id && html`<${BookingAside} key=${id} id=${id} back=${link("today", null, query)} changed=${doubt} />`;
  return html`
    <${View} title="Today" count=${dayName(now)} actions=${actions} filters=${filters} aside=${aside}>
      <div class="today" data-part=${query.part || "tasks"}>
        <${TodayTasks} today=${today} now=${now} open=${query.task} />
        <div class="today-side">
          ${can("messages:read") && html`<${Needs} ready=${today.ready || !!today.error} />`}
          <${TodayBookings} now=${now} open=${id} query=${query} />
        </div>
      </div>
    <//>
    ${adding && html`<${TaskNew} onClose=${() => setAdding(false)} onAdded=${today.reload} />`}`;
}
