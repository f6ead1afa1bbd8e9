// One conversation: what was written and what happened meanwhile, oldest first, and the reply.

import { useData, usePages } from "../core/data.js";
import { html, useEffect, useRef } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { nameOf, phone } from "../core/words.js";
import { Answer, Empty } from "../parts/answer.js";
import { Composer } from "../parts/composer.js";
import { Icon } from "../parts/icon.js";
import { Face } from "../parts/person.js";
import { withId } from "./inbox_actions.js";
import { Said } from "./inbox_said.js";

export function Thread({ id, back, actions, row, onSent }) {
  const { can } = useSession();
  const contact = useData(`/contacts/${id}`);
  const answer = useData(`/conversations/${id}`);
  const timeline = usePages(`/contacts/${id}/timeline`, { limit: 50 });
  const bookings = useData(can("bookings:read") ? "/bookings" : null, { contact_id: id, limit: 50 });
  const talk = row ?? (answer.data && actions.over([withId(answer.data)])[0]);
  actions.opened.current = talk ?? null;
  // Up to when it was looked at: what is made unread after that stays so until something new is said.
  const seen = useRef(0);
  const heading = useRef(null);
  useEffect(() => {
    const look = () => {
      if (!talk?.last || document.visibilityState !== "visible") return;
      if (talk.unread && talk.last.at > seen.current && actions.may) actions.read(talk);
      seen.current = Math.max(seen.current, talk.last.at);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [talk?.unread > 0, talk?.last?.at]);
  useEffect(() => {
    if (matchMedia("(max-width: 767px)").matches) heading.current?.focus();
  }, []);
  const person = contact.data;
  const title = person ? nameOf(person) : talk?.name || "Conversation";
  const sent = () => (timeline.reload(), onSent());
  const reply = answer.data?.reply;
  return html`<section class="thread" aria-label=${title} data-id=${id}>
    <header class="head">
      <a class="button ghost icon-only back" href=${back} data-close aria-label="Back to the list"><${Icon} name="left" /></a>
      <div class="thread-name"><h2 tabindex="-1" ref=${heading}><a href=${link("contacts", id)}>${title}</a></h2><span class="quiet">${[phone(person?.phone), person?.email].filter(Boolean).join(" · ")}</span></div>
      ${talk && actions.may && html`<div class="head-actions">
        <button type="button" class="button ghost" onClick=${(event) => actions.assign(talk, event.currentTarget)} title="Assign (A)"><span class="unseen">Assigned to </span><${Face} name=${talk.assignee_name} small none="nobody" /><span class="unseen">. Change</span></button>
        <button type="button" class="button ghost icon-only" onClick=${() => actions.unread(talk)} title="Mark as unread (U)" aria-label="Mark as unread" disabled=${talk.unread > 0}><${Icon} name="mail" /></button>
        ${talk.done
          ? html`<button type="button" class="button" onClick=${() => actions.reopen(talk)}><${Icon} name="replay" size=${14} />Reopen</button>`
          : html`<button type="button" class="button" onClick=${() => actions.finish(talk)} title="Done (E)"><${Icon} name="check" size=${14} />Done</button>`}
      </div>`}
    </header>
    <${Answer} of=${timeline} rows=${5} isEmpty=${!timeline.items?.length} empty=${html`<div class="thread-body"><${Empty} icon="messages" title="Nothing was written yet" /></div>`}>
      <${Said} pages=${timeline} />
    <//>
    <footer class="thread-foot">${person && (reply || answer.error) && can("messages:write") && html`
      <${Composer} key=${id} contact=${person} bookings=${bookings.data?.items ?? []} channel=${reply?.channel} hint=${reply?.detail} onSent=${sent} placeholder="Reply" above=${html`<${Suggestion} />`} />`}</footer>
  </section>`;
}

/** Where a suggested reply will stand, over the words; empty as long as nothing suggests one. */
const Suggestion = ({ children }) => html`<div class="suggestion">${children}</div>`;
