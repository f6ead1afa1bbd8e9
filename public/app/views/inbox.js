// Conversations: who wrote, what was answered, and the answer to write; list and thread side by side where there is room.

import { useData, usePages } from "../core/data.js";
import { classes, html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { link } from "../core/router.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Bell } from "../parts/bell.js";
import { startReply } from "../parts/composer.js";
import { Search, Tabs } from "../parts/filters.js";
import { anchorOf } from "../parts/task_actions.js";
import { useTalkActions, withId } from "./inbox_actions.js";
import { Talk } from "./inbox_talk.js";
import { Thread } from "./inbox_thread.js";

const VIEWS = [["open", "Open"], ["unread", "Unread"], ["mine", "Mine"], ["unassigned", "Nobody's"], ["done", "Done"]];
const NONE = {
  open: ["Nobody is waiting", "Texts and mails that come in appear here at once."],
  unread: ["All is read", ""],
  mine: ["No conversation is yours", "Those assigned to you stand here."],
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
