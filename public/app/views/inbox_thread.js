// One conversation: all texts and mails, oldest first, and the reply.

import { useData, usePages } from "../core/data.js";
import { html, useEffect, useLayoutEffect, useRef } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayKey, dayName, exact } from "../core/time.js";
import { nameOf, phone, templateName, why } from "../core/words.js";
import { Composer } from "../parts/composer.js";
import { Icon } from "../parts/icon.js";
import { Face } from "../parts/person.js";
import { State } from "../parts/state.js";
import { Answer, Empty, More } from "../parts/view.js";
import { withId } from "./inbox.js";

export function Thread({ id, back, actions, row, onSent }) {
  const { can } = useSession();
  const contact = useData(`/contacts/${id}`);
  const answer = useData(`/conversations/${id}`);
  const messages = usePages("/messages", { contact_id: id, limit: 40 });
  const bookings = useData(can("bookings:read") ? "/bookings" : null, { contact_id: id, limit: 50 });
  const talk = row ?? (answer.data && actions.over([withId(answer.data)])[0]);
  actions.opened.current = talk ?? null;
  const heading = useRef(null);
  // What is on the screen is read.
  useEffect(() => {
    if (talk?.unread && actions.may && document.visibilityState === "visible") actions.read(talk);
  }, [talk?.unread > 0, talk?.last?.at]);
  useEffect(() => {
    if (matchMedia("(max-width: 767px)").matches) heading.current?.focus();
  }, []);
  const person = contact.data;
  const title = person ? nameOf(person) : talk?.name || "Conversation";
  const sent = () => (messages.reload(), onSent());
  return html`<section class="thread" aria-label=${title} data-id=${id}>
    <header class="head">
      <a class="button ghost icon-only back" href=${back} data-close aria-label="Back to the list"><${Icon} name="left" /></a>
      <div class="thread-name"><h2 tabindex="-1" ref=${heading}><a href=${link("contacts", id)}>${title}</a></h2><span class="quiet">${[phone(person?.phone), person?.email].filter(Boolean).join(" · ")}</span></div>
      ${talk && actions.may && html`<div class="head-actions">
        <button type="button" class="button ghost" onClick=${(event) => actions.assign(talk, event.currentTarget)} title="Assign (A)"><span class="unseen">Assigned to </span><${Face} name=${talk.assignee_name} small none="nobody" /><span class="unseen">. Change</span></button>
        <button type="button" class="button ghost icon-only" onClick=${() => actions.unread(talk)} title="Unread (U)" aria-label=${talk.unread ? "Mark as read" : "Mark as unread"}><${Icon} name=${talk.unread ? "mail" : "mail"} /></button>
        ${talk.done
          ? html`<button type="button" class="button" onClick=${() => actions.reopen(talk)}><${Icon} name="replay" size=${14} />Reopen</button>`
          : html`<button type="button" class="button" onClick=${() => actions.finish(talk)} title="Done (E)"><${Icon} name="check" size=${14} />Done</button>`}
      </div>`}
    </header>
    <${Answer} of=${messages} rows=${5} isEmpty=${!messages.items?.length} empty=${html`<div class="thread-body"><${Empty} icon="messages" title="Nothing was written yet" /></div>`}>
      <${Said} pages=${messages} />
    <//>
    <footer class="thread-foot">${person && can("messages:write") && html`<${Composer} key=${id} contact=${person} bookings=${bookings.data?.items ?? []} onSent=${sent} placeholder="Reply" above=${html`<${Suggestion} />`} />`}</footer>
  </section>`;
}

/** Where a suggested reply will stand, over the words; empty as long as nothing suggests one. */
const Suggestion = ({ children }) => html`<div class="suggestion">${children}</div>`;

/** Oldest first; stays at the end as long as the reader is there. */
function Said({ pages }) {
  const body = useRef(null);
  const atEnd = useRef(true);
  const items = [...pages.items].reverse();
  const last = items.at(-1)?.id;
  useLayoutEffect(() => {
    if (atEnd.current) body.current.scrollTop = body.current.scrollHeight;
  }, [last, items.at(-1)?.state, pages.items.length]);
  const onScroll = ({ currentTarget: at }) => (atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 60);
  return html`<div class="thread-body" ref=${body} onScroll=${onScroll} tabindex="0" role="log" aria-label="Messages">
    <${More} pages=${pages} />
    ${items.map((message, n) => html`
      ${dayKey(message.due_at) !== dayKey(items[n - 1]?.due_at ?? 0) && html`<p class="thread-day" key=${`day-${message.id}`}>${dayName(message.due_at)}</p>`}
      <${Message} key=${message.id} message=${message} />`)}
  </div>`;
}

function Message({ message }) {
  const incoming = message.direction === "in";
  const at = message.sent_at ?? message.due_at;
  return html`<article class="said" data-direction=${message.direction} aria-label=${incoming ? "From them" : "From us"}>
    <div class="bubble" data-direction=${message.direction}>${message.subject && html`<p class="said-subject">${message.subject}</p>`}<p>${message.body || templateName(message.template, message.offset_hours)}</p></div>
    <p class="said-foot"><time datetime=${new Date(at).toISOString()} title=${exact(at)}>${clock(at)}</time>
      ${message.channel === "email" && html`<span>e-mail</span>`}
      ${!incoming && html`<${State} kind="message" of=${message.state} /><span>${why(message)}</span>`}
      ${!incoming && message.template && html`<a href=${link("messages", message.id)}>${templateName(message.template, message.offset_hours)}</a>`}</p>
  </article>`;
}
