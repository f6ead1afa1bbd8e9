// Who else might be the same person, offered for a comparison.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { nameOf } from "../core/words.js";
import { Icon } from "../parts/icon.js";

export function Duplicates({ person, onCompare }) {
  const found = useData(person.merged_into ? null : `/contacts/${person.id}/duplicates`);
  const items = found.data?.items ?? [];
  if (!items.length) return null;
  return html`<section class="duplicates" aria-label="Possible duplicates">${items.slice(0, 3).map(({ contact, why }) => html`
    <p key=${contact.id}><${Icon} name="merge" size=${14} /><span><strong>${nameOf(contact)}</strong> may be the same person: ${why}</span>
      <button type="button" class="button small" onClick=${() => onCompare(contact)}>Compare</button></p>`)}</section>`;
}
