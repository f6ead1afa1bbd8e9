// What waits behind an entry of the menu.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { useSession } from "../core/session.js";

const MOST = 99;

/** {view: {count, label, tone}} for the views that count something. */
export function useNavCounts() {
  const { can } = useSession();
  const tasks = useData(can("tasks:read") ? "/tasks/counts" : null, { assignee: "me" });
  const talks = useData(can("messages:read") ? "/conversations/counts" : null);
  const mine = tasks.data ? tasks.data.overdue + tasks.data.today : 0;
  const unread = talks.data?.unread ?? 0;
  return {
    today: { count: mine, label: "of my tasks are due" },
    inbox: { count: unread, label: "unread", tone: "new" },
  };
}

export const NavCount = ({ of }) =>
  of?.count ? html`<span class="nav-count" data-tone=${of.tone}>${of.count > MOST ? `${MOST}+` : of.count}<span class="unseen"> ${of.label}</span></span>` : null;
