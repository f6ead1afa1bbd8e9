// The frame of a view: its head and its body, and beside them the open item.

import { classes, html, useEffect, useRef } from "../core/html.js";
import { leave } from "../core/router.js";
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
    // What covers the list takes the focus, and so does what was opened by key: its buttons are the next Tab away.
    if (matchMedia("(max-width: 1099px)").matches || document.activeElement?.matches("[data-row]:focus-visible")) heading.current?.focus();
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

/** What Escape does: closes the open item if there is one; a page of its own goes back to where one came from. */
export function closeOpen() {
  const close = document.querySelector("[data-close]");
  if (close) leave(close.pathname + close.search, { wherever: ["page", "back"].includes(close.dataset.close) });
}
