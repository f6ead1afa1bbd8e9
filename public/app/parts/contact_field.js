// A field to find a contact in: results while one types, arrows and Enter choose.

import { useData, useSettled } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { nameOf, phone } from "../core/words.js";
import { Icon } from "./icon.js";

/** How the search wants it: numbers are kept without the spaces people type in them. */
export const searchOf = (text) => (/^[+\d\s()-]+$/.test(text ?? "") ? text.replace(/[\s()-]/g, "") : (text ?? "").trim());

let number = 0;

/** `value`: a contact or null. `fixed`: it is shown and cannot be changed. `without`: an id that is no choice. */
export function ContactField({ label, value, onChange, fixed, without, autofocus }) {
  const [id] = useState(() => `contact-field-${++number}`);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const settled = useSettled(searchOf(text), 140);
  const found = useData(settled.length > 1 && !value ? "/contacts" : null, { search: settled, limit: 6 });
  const items = (text ? (found.data?.items ?? []) : []).filter((contact) => contact.id !== without);
  const take = (contact) => (onChange(contact), setText(""));
  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) setAt((at + step + items.length) % items.length);
    else if (event.key === "Enter" && items.length) take(items[Math.min(at, items.length - 1)]);
    else return;
    event.preventDefault();
  }
  if (value) {
    return html`<div class="field"><span>${label}</span>
      <p class="chosen"><span>${nameOf(value)}</span><span class="quiet">${phone(value.phone)}</span>
        ${!fixed && html`<button type="button" class="button ghost icon-only small" aria-label=${`Not about ${nameOf(value)}`} onClick=${() => onChange(null)}><${Icon} name="close" size=${12} /></button>`}</p></div>`;
  }
  const open = text && settled.length > 1 && (items.length > 0 || (!found.busy && found.data));
  return html`<div class="field finder"><label for=${id}><span>${label}</span></label>
    <input id=${id} role="combobox" aria-expanded=${open ? "true" : "false"} aria-controls=${`${id}-list`} aria-autocomplete="list" aria-activedescendant=${items.length ? `${id}-${at}` : undefined}
      placeholder="Name, e-mail or phone" value=${text} onInput=${(event) => (setText(event.target.value), setAt(0))} onKeyDown=${onKey} autocomplete="off" spellcheck="false" autofocus=${autofocus} />
    <ul id=${`${id}-list`} role="listbox" aria-label="Contacts" class=${open ? "found" : "unseen"}>${items.map((contact, n) => html`
      <li key=${contact.id} id=${`${id}-${n}`} role="option" aria-selected=${n === at ? "true" : "false"} onMouseDown=${(event) => (event.preventDefault(), take(contact))}>
        <span>${nameOf(contact)}</span><span class="quiet">${phone(contact.phone) || contact.email}</span></li>`)}</ul>
    ${open && !items.length && html`<small class="quiet">Nobody matches</small>`}
  </div>`;
}
