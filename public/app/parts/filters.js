// Filters above a list; each lives in the address, so that a filtered list can be sent to a colleague.

import { html, useEffect, useRef, useState } from "../core/html.js";
import { go, usePlace, withQuery } from "../core/router.js";
import { Icon } from "./icon.js";

/**
 * A choice among a few, as a group of links. `only="phone"` shows it on narrow screens alone; `targets` names the
 * data attribute by which something dragged finds a value here.
 */
export function Tabs({ name, label, options, fallback = "", only, targets }) {
  const { query } = usePlace();
  const current = query[name] ?? fallback;
  return html`<nav class="tabs" aria-label=${label} data-only=${only}>
    ${options.map(({ value, label: text, count }) => html`
      <a key=${value} ...${targets && { [`data-${targets}`]: value }} href=${withQuery({ [name]: value === fallback ? "" : value })} aria-current=${current === value ? "true" : undefined}>${text}${count > 0 && html`<span class="tab-count">${count}</span>`}</a>`)}
  </nav>`;
}

/** A choice among many. */
export function Pick({ name, label, options }) {
  const { query } = usePlace();
  return html`<label class="pick"><span class="unseen">${label}</span>
    <select value=${query[name] ?? ""} onChange=${(event) => go(withQuery({ [name]: event.target.value }), { replace: true })}>
      <option value="">${label}: all</option>
      ${options.map(({ value, label: text }) => html`<option key=${value} value=${value} selected=${query[name] === value}>${text}</option>`)}
    </select></label>`;
}

/** Text in the address, a moment after the last key. */
export function Search({ name = "q", label, wait = 140 }) {
  const { query } = usePlace();
  const [text, setText] = useState(query[name] ?? "");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []); // what comes next is another page's address
  useEffect(() => {
    if (document.activeElement?.dataset.search === undefined) setText(query[name] ?? "");
  }, [query[name]]);
  function type(event) {
    const value = event.target.value;
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(withQuery({ [name]: value.trim() }), { replace: true }), wait);
  }
  return html`<label class="search"><${Icon} name="search" /><span class="unseen">${label}</span>
    <input type="search" data-search="" placeholder=${label} value=${text} onInput=${type} autocomplete="off" spellcheck="false" />
    <kbd aria-hidden="true">/</kbd></label>`;
}
