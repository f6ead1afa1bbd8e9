// Today's work: overdue, today, upcoming; each the most important first.

import { useData, usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link, usePlace } from "../core/router.js";
import { startOfDay } from "../core/time.js";
import { Empty, Failure, Loading, More } from "../parts/answer.js";
import { useTaskActions, useTaskKeys } from "../parts/task_actions.js";
import { TaskRow } from "../parts/task_row.js";

const VIEWS = ["overdue", "today", "upcoming"];
const TITLES = { overdue: "Overdue", today: "Today", upcoming: "Upcoming" };
const LIMIT = { overdue: 50, today: 50, upcoming: 15 };

const byWeight = (a, b) => b.priority - a.priority || a.due_at - b.due_at;
const viewOf = ({ due_at: due }, now) => (due < startOfDay(now) ? "overdue" : due < startOfDay(now, 1) ? "today" : "upcoming");

/** The three lists as one, with what was just done laid over them; {sections, actions, reload}. */
export function useToday({ query, now, add }) {
  const filter = { assignee: query.who, type: query.type };
  const lists = VIEWS.map((view) => usePages("/tasks", { view, ...filter, limit: LIMIT[view] }));
  // Counted by the server where a list has further pages.
  const counts = useData(lists.some(({ next }) => next) ? "/tasks/counts" : null, { assignee: query.who });
  const reload = () => Promise.all([...lists, counts].map((each) => each.reload()));
  const actions = useTaskActions({ onSettled: reload, ready: lists[0].data !== undefined });
  const rows = new Map(lists.flatMap(({ items }) => items ?? []).map((task) => [task.id, task]));
  const tasks = actions.over([...rows.values()]);
  const find = (id) => tasks.find((task) => task.id === id);
  useTaskKeys(actions, find, [{ keys: ["n"], what: "New task", run: add }]);
  const open = tasks.filter(({ status }) => status === "open").sort(byWeight);
  const sections = VIEWS.map((view, n) => ({ view, title: TITLES[view], pages: lists[n], items: open.filter((task) => viewOf(task, now) === view) }));
  const loaded = (section) => section.pages.next === null;
  const countOf = (section) => (loaded(section) || filter.type ? section.items.length : Math.max(section.items.length, counts.data?.[section.view] ?? 0));
  return { sections: sections.map((section) => ({ ...section, count: countOf(section) })), actions, reload, find, error: lists.find(({ error, data }) => error && !data)?.error, ready: lists.every(({ data }) => data !== undefined) };
}

export function TodayTasks({ today, now, open }) {
  const { sections, actions, error, ready, reload } = today;
  const { query } = usePlace();
  const shown = sections.filter(({ items }) => items.length);
  const filtered = query.who || query.type;
  return html`<div class="today-tasks">
    ${error ? html`<${Failure} error=${error} retry=${reload} />` : !ready ? html`<${Loading} rows=${6} />` : !shown.length
      ? filtered
        ? html`<${Empty} icon="search" title="No such tasks">Other filters may show some.<//>`
        : html`<${Empty} title="Nothing to do">Tasks from the rules and from colleagues appear here.<//>`
      : shown.map(({ view, title, items, count, pages }) => html`
        <section key=${view} class="task-section" data-view=${view} aria-labelledby=${`tasks-${view}`}>
          <h2 class="section" id=${`tasks-${view}`}>${title} <span class="count">${count}</span></h2>
          <ul class="tasks">${items.map((task) => html`
            <${TaskRow} key=${task.id} task=${task} now=${now} actions=${actions} current=${task.id === open} href=${link("today", null, { ...query, task: task.id })} />`)}</ul>
          <${More} pages=${pages} />
        </section>`)}
  </div>`;
}
