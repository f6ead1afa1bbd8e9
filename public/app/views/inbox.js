// Conversations: who wrote, what was answered, and the answer to write; list and thread side by side where there is room.

import { patch } from "../core/api.js";
import { useData, usePages } from "../core/data.js";
import { useHopes } from "../core/hopes.js";
import { classes, html, useRef } from "../core/html.js";
import { stepOff, useKeys } from "../core/keys.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { Bell } from "../parts/bell.js";
import { startReply } from "../parts/composer.js";
import { Search, Tabs } from "../parts/filters.js";
import { assignMenu, useColleagues } from "../parts/person.js";
import { anchorOf } from "../parts/task_actions.js";
import { Answer, Empty, More } from "../parts/view.js";
import { Talk } from "./inbox_talk.js";
import { Thread } from "./inbox_thread.js";

const VIEWS = [["open", "Open"], ["unread", "Unread"], ["mine", "Mine"], ["unassigned", "Nobody's"], ["done", "Done"]];
const NONE = {
  open: ["Nobody is waiting", "Texts and mails that come in appear here at once."],
  unread: ["All is read", ""],
  mine: ["No conversation is yours", "A on a conversation assigns it."],
  unassigned: ["Every conversation is somebody's", ""],
  done: ["Nothing is done yet", ""],
};

export function Page({ id, query }) {
  const view = NONE[query.view] ? query.view : "open";
  const pages = usePages("/conversations", { view, q: query.q, limit: 40 });
  const counts = useData("/conversations/counts");
  const reload = () => (pages.reload(), counts.reload());
  const actions = useTalkActions(reload);
  const items = actions.over((pages.items ?? []).map(withId));
  const find = (contactId) => items.find((talk) => talk.id === contactId);
  const on = (act) => (contactId) => {
    const talk = find(contactId) ?? (contactId === id ? actions.opened.current : null);
    if (talk && actions.may) act(talk, anchorOf(talk.id));
  };
  useKeys([
    { keys: ["r"], what: "Reply", run: () => (id ? startReply() : undefined) },
    { keys: ["e"], what: "Conversation done", row: true, run: on((talk) => (talk.done ? actions.reopen(talk) : actions.finish(talk))) },
    { keys: ["u"], what: "Unread", row: true, run: on(actions.unread) },
    { keys: ["a"], what: "Assign the conversation", row: true, run: on(actions.assign) },
  ]);
  const tabs = VIEWS.map(([value, label]) => ({ value, label, count: ["done", "unassigned"].includes(value) ? 0 : counts.data?.[value] }));
  const [title, about] = NONE[view];
  const empty = query.q ? html`<${Empty} icon="search" title="Nobody matches" />` : html`<${Empty} icon="inbox" title=${title}>${about}<//>`;
  const shown = items.filter((talk) => (view === "done" ? talk.done : !talk.done) || talk.id === id);
  return html`<div class=${classes("inbox", id && "has-thread")}>
    <section class="inbox-list" aria-labelledby="inbox-title">
      <header class="head"><h1 id="inbox-title">Inbox</h1><div class="head-actions"><${Bell} narrow /></div></header>
      <div class="filters"><${Tabs} name="view" label="Which conversations" options=${tabs} fallback="open" /><${Search} label="Search name or number" /></div>
      <div class="body">
        <${Answer} of=${pages} isEmpty=${!shown.length} empty=${empty}>
          <ul class="talks">${shown.map((talk) => html`<${Talk} key=${talk.id} talk=${talk} current=${talk.id === id} href=${link("inbox", talk.id, query)} />`)}</ul>
          <${More} pages=${pages} />
        <//>
      </div>
    </section>
    ${id
      ? html`<${Thread} key=${id} id=${id} back=${link("inbox", null, query)} actions=${actions} row=${find(id)} onSent=${reload} />`
      : html`<section class="thread thread-none" aria-label="Conversation"><${Empty} icon="inbox" title="No conversation is open">J and K walk the list, Enter opens, R replies.<//></section>`}
  </div>`;
}

/** Conversations have one id: their contact's. */
export const withId = (talk) => ({ ...talk, id: talk.contact_id });

/** {over, finish, reopen, read, unread, assign}; `opened` holds the conversation on the screen. */
export function useTalkActions(onSettled) {
  const { me, can } = useSession();
  const may = can("messages:write");
  const colleagues = useColleagues(may);
  const { over, change, quietly } = useHopes(onSettled);
  const send = (fields) => (talk) => patch(`/conversations/${talk.id}`, fields).then(withId);
  const opened = useRef(null);
  const name = (talk) => talk.name || "The conversation";
  return {
    may,
    over,
    opened,
    // What came in after the last that one has seen keeps it open.
    finish: (talk) => (stepOff(talk.id), change(talk, { done: true, unread: 0 }, { says: `${name(talk)}: done`, doing: send({ done: true, read_up_to: talk.last.at }), back: send({ done: false }) })),
    reopen: (talk) => change(talk, { done: false }, { says: `${name(talk)}: open again`, doing: send({ done: false }), back: send({ done: true }) }),
    read: (talk) => quietly(talk, { unread: 0 }, send({ read_up_to: talk.last.at })),
    unread: (talk) => quietly(talk, { unread: talk.unread || 1 }, send({ unread: true })),
    assign: (talk, anchor) => assignMenu({
      anchor, colleagues, me: me.staff.id, current: talk.assignee_id,
      run: (to) => change(talk, { assignee_id: to.id, assignee_name: to.name }, { says: to.name ? `${name(talk)} is ${to.name}'s` : `${name(talk)} is nobody's`, doing: send({ assignee_id: to.id }), back: send({ assignee_id: talk.assignee_id }) }),
    }),
  };
}
