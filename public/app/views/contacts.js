// Everybody we deal with, the latest heard of first.

import { usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link, withQuery } from "../core/router.js";
import { nameOf, phone, sentence, stages } from "../core/words.js";
import { Pick, Search } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";
import { Answer, Empty, More, View } from "../parts/view.js";

export function Page({ query }) {
  // Numbers are kept without the spaces people type in them.
  const search = /^[+\d\s()-]+$/.test(query.q ?? "") ? query.q.replace(/[\s()-]/g, "") : query.q;
  const pages = usePages("/contacts", { search, stage: query.stage, tag: query.tag });
  const filtered = query.q || query.stage || query.tag;
  const filters = html`
    <${Search} label="Search name, e-mail or phone" />
    <${Pick} name="stage" label="Stage" options=${stages.map((value) => ({ value, label: sentence(value) }))} />
    ${query.tag && html`<a class="chip removable" href=${withQuery({ tag: "" })} aria-label=${`Remove the filter ${query.tag}`}>${query.tag}<${Icon} name="close" size=${12} /></a>`}`;
  const empty = filtered
    ? html`<${Empty} icon="search" title="Nobody matches">The search looks at the start of names, addresses and numbers.<//>`
    : html`<${Empty} icon="contacts" title="No contacts yet">Whoever books or texts appears here.<//>`;
  return html`<${View} title="Contacts" filters=${filters}>
    <${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${empty}>
      <ul class="rows" aria-busy=${pages.busy ? "true" : undefined}>${pages.items?.map((contact) => html`
        <li key=${contact.id}><a class="row row-contact" data-row href=${link("contacts", contact.id)}>
          <span class="avatar" aria-hidden="true">${initials(contact)}</span>
          <span class="row-title">${nameOf(contact)}</span>
          <span class="row-phone quiet">${phone(contact.phone)}</span>
          <span class="row-mail quiet">${contact.email}</span>
          <span class="row-tags"><span class="chip">${sentence(contact.stage)}</span>${contact.tags.slice(0, 2).map((tag) => html`<span class="chip plain-chip" key=${tag}>${tag}</span>`)}</span>
          <span class="row-when quiet"><${Time} at=${contact.last_seen_at} relative /></span>
        </a></li>`)}</ul>
      <${More} pages=${pages} />
    <//>
  <//>`;
}

export const initials = (contact) => [contact.first_name, contact.last_name].map((name) => name?.charAt(0) ?? "").join("").toUpperCase() || "?";
