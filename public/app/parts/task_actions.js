// What can be done with a task, the same on every page: at once, with a way back.

import { patch } from "../core/api.js";
import { useData } from "../core/data.js";
import { useHopes } from "../core/hopes.js";
import { stepOff, useKeys } from "../core/keys.js";
import { laters } from "../core/later.js";
import { useSession } from "../core/session.js";
import { clock, present, shortDay, startOfDay } from "../core/time.js";
import { choose } from "./menu.js";
import { assignMenu, useColleagues } from "./person.js";

const send = (fields) => (row) => patch(`/tasks/${row.id}`, { version: row.version, ...fields });

/** When the business is open, for "tomorrow"; {} until known or where one may not ask. */
export function useWeek(wanted = true) {
  const { can } = useSession();
  const settings = useData(wanted && can("settings:read") ? "/settings" : null);
  const { hours, closed_days: closed } = settings.data?.settings ?? {};
  return { hours, closed };
}

const dueWords = (at) => (at < startOfDay(present(), 1) ? clock(at) : `${shortDay(at)}, ${clock(at)}`);

/** {over, finish, dismiss, snooze, assign, edit}; each takes the task, menus also what they open beside. */
export function useTaskActions({ onSettled, ready = true }) {
  const { me, can } = useSession();
  const may = can("tasks:write");
  const { over, change } = useHopes(onSettled);
  const week = useWeek(may && ready);
  const colleagues = useColleagues(may && ready);

  function close(task, status, says) {
    stepOff(task.id);
    const now = present();
    return change(task, { status, done_at: now }, { says, doing: send({ status }), back: send({ status: "open" }) });
  }
  const due = (task, at) => {
    if (at < startOfDay(present(), 1) !== task.due_at < startOfDay(present(), 1)) stepOff(task.id);
    return change(task, { due_at: at }, { says: `Due ${dueWords(at)}`, doing: send({ due_at: at }), back: send({ due_at: task.due_at }) });
  };
  const give = (task, { id, name }) =>
    change(task, { assignee_id: id, assignee_name: name }, {
      says: name ? `Assigned to ${name}` : "Assigned to nobody", doing: send({ assignee_id: id }), back: send({ assignee_id: task.assignee_id }),
    });

  return {
    may,
    over,
    finish: (task) => close(task, "done", `Done: ${task.title}`),
    dismiss: (task) => close(task, "dismissed", `Not needed: ${task.title}`),
    reopen: (task) => change(task, { status: "open", done_at: null }, { says: "Open again", doing: send({ status: "open" }), back: send({ status: "done" }) }),
    due,
    edit: (task, fields, before) => change(task, fields, { says: "Task changed", doing: send(fields), back: send(before) }),
    snooze: (task, anchor) =>
      choose({ anchor, title: "Snooze until", items: laters(present(), week).map(({ label, at, hint }) => ({ label, hint, icon: "clock", run: () => due(task, at) })) }),
    assign: (task, anchor) =>
      assignMenu({ anchor, colleagues, me: me.staff.id, current: task.assignee_id, run: (person) => give(task, person) }),
  };
}

export const anchorOf = (id) => document.querySelector(`[data-id="${CSS.escape(id)}"]`) ?? document.querySelector("#main");

/** The keys of a list of tasks. `find(id)` is the task of a row. */
export function useTaskKeys(actions, find, more = []) {
  const on = (action) => (id) => {
    const task = find(id);
    if (task && actions.may) action(task, anchorOf(id));
  };
  useKeys([
    { keys: ["e", "d"], what: "Task done", row: true, run: on(actions.finish) },
    { keys: ["s"], what: "Snooze the task", row: true, run: on(actions.snooze) },
    { keys: ["a"], what: "Assign the task", row: true, run: on(actions.assign) },
    ...more,
  ]);
}
