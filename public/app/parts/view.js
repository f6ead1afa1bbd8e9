// The frame of a view: its head, and what it shows while loading, when empty and when something failed.

import { classes, html, useEffect, useRef } from "../core/html.js";
import { go } from "../core/router.js";
import { Bell } from "./bell.js";
import { Icon } from "./icon.js";

/** Title, what belongs beside it, the body; `aside` is the open item, beside or over the list. */
export function View({ title, count, actions, filters, aside, children }) {
  return html`
    <div class=${classes("view", aside && "has-aside")}>
      <section class="main-pane">
        <header class="head">
          <h1>${title}</h1>
          ${count !== undefined && html`<span class="count">${count}</span>`}
          <div class="head-actions">${actions}<${Bell} narrow /></div>
        </header>
        ${filters && html`<div class="filters">${filters}</div>`}
        <div class="body">${children}</div>
      </section>
      ${aside}
    </div>`;
}

/** The open item. Escape and the cross go to `back`. */
export function Aside({ title, back, actions, children }) {
  const heading = useRef(null);
  useEffect(() => {
    if (matchMedia("(max-width: 1099px)").matches) heading.current?.focus();
  }, []);
  return html`
    <aside class="aside" aria-label=${title}>
      <header class="head aside-head">
        <h2 tabindex="-1" ref=${heading}>${title}</h2>
        <div class="head-actions">
          ${actions}
          <a class="button ghost icon-only" href=${back} data-close aria-label="Close"><${Icon} name="close" /></a>
        </div>
      </header>
      <div class="aside-body">${children}</div>
    </aside>`;
}

/** What Escape does: closes the open item if there is one. */
export function closeOpen() {
  const close = document.querySelector("[data-close]");
  if (close) go(close.pathname + close.search);
}

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
