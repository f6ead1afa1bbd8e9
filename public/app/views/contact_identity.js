// How to reach somebody, and their tags, which are changed where they stand.

import { patch } from "../core/api.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { phone, provider, termsOf } from "../core/words.js";
import { Facts } from "../parts/facts.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";

export function Identity({ contact }) {
  const { me } = useSession();
  const person = contact.data;
  return html`<div class="stack">
    <${Tags} contact=${contact} />
    <${Facts} rows=${[
      ["Phone", person.phone && html`<a href=${`tel:${person.phone}`}>${phone(person.phone)}</a>`],
      ["E-mail", person.email && html`<a href=${mailto(person.email)}>${person.email}</a>`],
      ["Their time zone", person.time_zone && person.time_zone !== me.tenant.time_zone ? person.time_zone : ""],
      ["Last heard", person.last_in_at && html`<${Time} at=${person.last_in_at} relative />`],
      ["Last written", person.last_out_at && html`<${Time} at=${person.last_out_at} relative />`],
      ["First heard of", html`<${Time} at=${person.created_at} />`],
      ["Through", provider(person.source)],
    ]} />
  </div>`;
}

function Tags({ contact }) {
  const { me, can } = useSession();
  const person = contact.data;
  const [adding, setAdding] = useState(false);
  const may = can("contacts:write");

  async function change(tags, says) {
    const before = person.tags;
    contact.set({ ...person, tags });
    try {
      const saved = await patch(`/contacts/${person.id}`, { version: person.version, tags });
      contact.set(saved);
      done(says, async () => contact.set(await patch(`/contacts/${person.id}`, { version: saved.version, tags: before })));
    } catch (problem) {
      failed(problem);
      contact.set(person);
      contact.reload();
    }
  }
  // Leaving the field adds what is in it; Enter leaves it, Escape empties it before.
  function add(event) {
    const tag = event.target.value.trim();
    setAdding(false);
    if (tag && !person.tags.includes(tag)) change([...person.tags, tag], `Tag ${tag} added`);
  }
  const onKey = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") event.target.value = "";
    event.target.blur();
  };
  return html`<div class="chips" aria-label="Tags" role="group">
    ${person.existing_patient && html`<span class="chip" data-tone="good">${termsOf(me.tenant.kind).known}</span>`}
    ${person.tags.map((tag) => html`<span class="chip plain-chip" key=${tag}><a href=${link("contacts", null, { tag })}>${tag}</a>
      ${may && html`<button type="button" aria-label=${`Remove the tag ${tag}`} onClick=${() => change(person.tags.filter((each) => each !== tag), `Tag ${tag} removed`)}><${Icon} name="close" size=${10} /></button>`}</span>`)}
    ${may && (adding
      ? html`<input class="tag-new" aria-label="New tag" maxlength="40" ref=${(element) => element?.focus()} onKeyDown=${onKey} onBlur=${add} />`
      : html`<button type="button" class="chip plain-chip tag-add" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${10} />Tag</button>`)}
  </div>`;
}

/** An address may hold what means something in a link: a ? would begin further fields, such as another recipient. */
const mailto = (address) => `mailto:${encodeURIComponent(address).replace("%40", "@")}`;
