// A field for an instant, on the business's clock whatever the browser's own zone is.

import { html } from "../core/html.js";
import { fields, instant, zoneName } from "../core/time.js";

const two = (number) => String(number).padStart(2, "0");

/** `2026-11-21T09:00` of an instant. */
export function localText(at) {
  if (!at) return "";
  const { year, month, day, hour, minute } = fields(at);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/** The instant of `2026-11-21T09:00`, or null. */
export function localInstant(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text ?? "");
  return found ? instant(...found.slice(1).map(Number)) : null;
}

export const WhenField = ({ label, at, onChange, ...rest }) => html`<label class="field"><span>${label}</span>
  <input type="datetime-local" value=${localText(at)} onChange=${(event) => onChange(localInstant(event.target.value))} title=${zoneName()} ...${rest} /></label>`;
