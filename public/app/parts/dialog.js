// A modal dialog on the browser's own, which keeps the focus inside and gives it back.

import { html, useEffect, useRef } from "../core/html.js";
import { Icon } from "./icon.js";

export function Dialog({ title, onClose, children }) {
  const element = useRef(null);
  useEffect(() => {
    element.current.showModal();
    return () => element.current?.close();
  }, []);
  const onBackdrop = (event) => event.target === element.current && onClose();
  return html`
    <dialog ref=${element} class="dialog" aria-label=${title} onCancel=${(event) => (event.preventDefault(), onClose())} onClick=${onBackdrop}>
      <header class="head"><h2>${title}</h2>
        <div class="head-actions"><button type="button" class="button ghost icon-only" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></div>
      </header>
      <div class="dialog-body">${children}</div>
    </dialog>`;
}
