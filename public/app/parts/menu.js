// A choice among a few, beside what it is about: digits, arrows or a click choose, Escape leaves all as it was.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../core/html.js";
import { Icon } from "./icon.js";

const GAP = 6;
const EDGE = 8;
let show = () => {};

/**
 * Opens a menu at `anchor`.
 * @param {{anchor: Element, title: string, items: {label: string, hint?: string, icon?: string, on?: boolean, run: () => void}[]}} menu
 */
export const choose = (menu) => show(menu);

/** Opens `body` at `anchor`: something to read. */
export const reveal = (anchor, title, body) => show({ anchor, title, items: [], body });

/** Where menus appear; once in the shell. */
export function Menus() {
  const [menu, setMenu] = useState(null);
  useEffect(() => {
    show = setMenu;
    return () => (show = () => {});
  }, []);
  return menu && html`<${Menu} ...${menu} onClose=${() => setMenu(null)} />`;
}

/** Below the anchor, or above it where there is more room; never off the screen. A sheet on a phone: the styles say so. */
function place(dialog, anchor) {
  if (!anchor?.isConnected || innerWidth < 640) return;
  const at = anchor.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const below = at.bottom + GAP + height <= innerHeight - EDGE || at.top < innerHeight / 2;
  const top = below ? Math.min(at.bottom + GAP, innerHeight - height - EDGE) : at.top - GAP - height;
  dialog.style.top = `${Math.max(EDGE, top)}px`;
  dialog.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`;
}

function Menu({ anchor, title, items, body, onClose }) {
  const element = useRef(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog.showModal();
    place(dialog, anchor);
    (dialog.querySelector('[data-on="true"]') ?? dialog.querySelector(".menu-item") ?? dialog).focus();
    return () => dialog.close();
  }, []);
  function pick(item) {
    element.current.close(); // first, so that the focus is back where it was
    onClose();
    item.run();
  }
  function onKey(event) {
    const all = [...element.current.querySelectorAll(".menu-item")];
    const at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const item = items[Number(event.key) - 1];
    if (step && all.length) all[(at + step + all.length) % all.length].focus();
    else if (item) pick(item);
    else return;
    event.preventDefault();
  }
  return html`
    <dialog ref=${element} class="menu-box" aria-label=${title} onKeyDown=${onKey} onCancel=${(event) => (event.preventDefault(), onClose())}
      onClick=${(event) => event.target === element.current && onClose()}>
      <div class="menu-in">
        <p class="menu-title">${title}</p>
        ${body}
        ${items.length > 0 && html`<ul>${items.map((item, n) => html`
          <li key=${item.label}><button type="button" class="menu-item" data-on=${item.on || undefined} onClick=${() => pick(item)}>
            ${item.icon && html`<${Icon} name=${item.icon} size=${14} />`}
            <span class="menu-label">${item.label}${item.on && html`<span class="unseen"> (now)</span>`}</span>
            ${item.hint && html`<span class="menu-hint">${item.hint}</span>`}
            ${n < 9 && html`<kbd aria-hidden="true">${n + 1}</kbd>`}
          </button></li>`)}</ul>`}
      </div>
    </dialog>`;
}
