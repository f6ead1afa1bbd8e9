// On or off, at once.

import { html } from "../core/html.js";

/** `onChange` gets what it should become. */
export const Switch = ({ label, on, disabled, onChange }) => html`
  <button type="button" class="switch" role="switch" aria-checked=${on ? "true" : "false"} aria-label=${label} title=${label} disabled=${disabled} onClick=${() => onChange(!on)}><span></span></button>`;
