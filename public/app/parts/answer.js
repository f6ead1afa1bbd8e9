// An answer on the screen: what is shown while it loads, when it is empty, when it failed, and the way to more of it.

import { html } from "../core/html.js";
import { Icon } from "./icon.js";

export function Empty({ icon = "check", title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} size=${24} /><p class="empty-title">${title}</p>
    ${children && html`<p>${children}</p>`}</div>`;
}

export function Failure({ error, retry }) {
  if (error.status === 404) return html`<${Empty} icon="search" title="This is not here">It is gone, or the address is not quite right.<//>`;
  return html`
    <div class="empty failure" role="alert">
      <${Icon} name="warn" size=${24} />
      <p class="empty-title">${error.message}</p>
      ${error.trace && html`<p class="quiet">Trace <code>${error.trace}</code></p>`}
      ${retry && html`<button type="button" class="button" onClick=${retry}>Try again</button>`}
    </div>`;
}

/** Rows to come. Shown late, so that quick answers do not flicker. */
export function Loading({ rows = 8 }) {
  return html`<div class="loading" role="status"><span class="unseen">Loading</span>
    ${Array.from({ length: rows }, (_, n) => html`<div class="bone" key=${n}></div>`)}</div>`;
}

/** One of: failure, loading, empty, or the children. */
export function Answer({ of, empty, isEmpty, rows, children }) {
  if (of.data === undefined) return of.error ? html`<${Failure} error=${of.error} retry=${of.reload} />` : html`<${Loading} rows=${rows} />`;
  return isEmpty ? empty : children;
}

/** More of a list by cursor: a button, so that the end of the page stays reachable. */
export function More({ pages }) {
  if (!pages.next) return null;
  return html`<div class="more">
    ${pages.stuck && html`<p role="alert" class="field-error">${pages.stuck.message}</p>`}
    <button type="button" class="button" disabled=${pages.growing} onClick=${pages.more}>${pages.growing ? "Loading" : "Show more"}</button>
  </div>`;
}
