// One conversation in the list: who, the last thing said, and who sees to it.

import { html } from "../core/html.js";
import { ago } from "../core/time.js";
import { phone } from "../core/words.js";
import { Face, initials } from "../parts/person.js";

export function Talk({ talk, current, href }) {
  const { last } = talk;
  const title = talk.name || phone(talk.phone) || "No name";
  return html`<li data-id=${talk.id}><a class="talk" data-row href=${href} aria-current=${current ? "true" : undefined} data-unread=${talk.unread > 0 || undefined}>
    <span class="avatar" aria-hidden="true">${initials(title)}</span>
    <span class="talk-name">${title}</span>
    <span class="talk-when">${last && html`<time datetime=${new Date(last.at).toISOString()}>${ago(last.at).replace(" ago", "")}</time>`}</span>
    <span class="talk-last">${last && html`${last.direction === "out" && "You: "}${last.body || (last.channel === "email" ? "An e-mail" : "A text")}`}</span>
    <span class="talk-badge">${talk.assignee_name && html`<${Face} name=${talk.assignee_name} small />`}
      ${talk.unread > 0 && html`<span class="unread-dot">${talk.unread}<span class="unseen"> unread</span></span>`}</span>
  </a></li>`;
}
