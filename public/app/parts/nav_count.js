// What waits behind an entry of the menu.

import { useData } from "../core/data.js";
import { html, useEffect, useState } from "../core/html.js";
import { useSession } from "../core/session.js";

const MOST = 99;
const LATER_MS = 400; // the view itself asks first

/** {view: {count, label, tone}} for the views that count something. */
export function useNavCounts() {
  const { can } = useSession();
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  const tasks = useData(later && can("tasks:read") ? "/tasks/counts" : null, { assignee: "me" });
  const talks = useData(later && can("messages:read") ? "/conversations/counts" : null);
  const mine = tasks.data ? tasks.data.overdue + tasks.data.today : 0;
  const unread = talks.data?.unread ?? 0;
  return {
    today: { count: mine, label: "of my tasks are due" },
    inbox: { count: unread, label: "unread", tone: "new" },
  };
}

export const NavCount = ({ of }) =>
  of?.count ? html`<span class="nav-count" data-tone=${of.tone}>${of.count > MOST ? `${MOST}+` : of.count}<span class="unseen"> ${of.label}</span></span>` : null;
