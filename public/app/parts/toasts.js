// Where toasts appear, and are announced.

import { html, useEffect, useState } from "../core/html.js";
import { dismiss, onToasts, undo } from "../core/toasts.js";
import { Icon } from "./icon.js";

export function Toasts() {
  const [toasts, setToasts] = useState([]);
  useEffect(() => onToasts(setToasts), []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map((toast) => html`
      <div class="toast" key=${toast.id} data-tone=${toast.bad ? "bad" : "good"}>
        <span>${toast.text}</span>
        ${toast.undo && html`<button type="button" class="button small" onClick=${() => undo(toast.id)}>Undo</button>`}
        <button type="button" class="button ghost icon-only small" aria-label="Dismiss" onClick=${() => dismiss(toast.id)}><${Icon} name="close" size=${14} /></button>
      </div>`)}
  </div>`;
}
