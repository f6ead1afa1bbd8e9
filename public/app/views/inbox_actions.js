// What can be done with a conversation, in the list and in the thread: at once, with a way back.

import { patch } from "../core/api.js";
import { useHopes } from "../core/hopes.js";
import { useRef } from "../core/html.js";
import { stepOff } from "../core/keys.js";
import { useSession } from "../core/session.js";
import { assignMenu, useColleagues } from "../parts/person.js";

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
