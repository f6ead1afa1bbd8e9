// Everybody we deal with, the latest heard of first.

import { useData, usePages } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { nameOf, phone } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { searchOf } from "../parts/contact_field.js";
import { Pick, Search } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { lazily } from "../parts/lazy.js";
import { initials } from "../parts/person.js";
import { stageName, useStages } from "../parts/stages.js";
import { Time } from "../parts/time.js";
import { View } from "../parts/view.js";

const ContactNew = lazily(() => import("./contact_new.js"), "ContactNew");

export function Page({ query }) {
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const pages = usePages("/contacts", { search: searchOf(query.q), stage: query.stage, tag: query.tag });
  const stages = useStages();
  const tags = useData(pages.data ? "/tags" : null);
  const add = () => can("contacts:write") && setAdding(true);
  useKeys(can("contacts:write") ? [{ keys: ["n"], what: "New contact", run: add }] : []);
  const filtered = query.q || query.stage || query.tag;
  const filters = html`
    <${Search} label="Search name, e-mail or phone" />
    <${Pick} name="stage" label="Stage" options=${stages.map(({ key, label }) => ({ value: key, label }))} />
    <${Pick} name="tag" label="Tag" options=${tagOptions(tags.data?.items ?? [], query.tag)} />`;
  const empty = filtered
    ? html`<${Empty} icon="search" title="Nobody matches">The search looks at the start of names, addresses and numbers.<//>`
    : html`<${Empty} icon="contacts" title="No contacts yet">Whoever books or texts appears here.<//>`;
  const actions = can("contacts:write") && html`<button type="button" class="button" onClick=${add} title="New contact (N)"><${Icon} name="plus" size=${14} />Contact</button>`;
  return html`<${View} title="Contacts" filters=${filters} actions=${actions}>
    <${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${empty}>
      <ul class="rows" aria-busy=${pages.busy ? "true" : undefined}>${pages.items?.map((contact) => html`
        <li key=${contact.id}><a class="row row-contact" data-row href=${link("contacts", contact.id)}>
          <span class="avatar" aria-hidden="true">${initials(nameOf(contact))}</span>
          <span class="row-title">${nameOf(contact)}</span>
          <span class="row-phone quiet">${phone(contact.phone)}</span>
          <span class="row-mail quiet">${contact.email}</span>
          <span class="row-tags"><span class="chip">${stageName(stages, contact.stage)}</span>${contact.tags.slice(0, 2).map((tag) => html`<span class="chip plain-chip" key=${tag}>${tag}</span>`)}</span>
          <span class="row-when quiet"><${Time} at=${contact.last_seen_at} relative /></span>
        </a></li>`)}</ul>
      <${More} pages=${pages} />
    <//>
  <//>
  ${adding && html`<${ContactNew} onClose=${() => setAdding(false)} />`}`;
}

/** What the address asks for is a choice even before the tags are known. */
const tagOptions = (items, asked) => {
  const known = items.map(({ tag, count }) => ({ value: tag, label: `${tag} (${count})` }));
  return asked && !items.some(({ tag }) => tag === asked) ? [{ value: asked, label: asked }, ...known] : known;
};

