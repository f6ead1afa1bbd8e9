// Fields of forms, each with its label and its own error.

import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { Icon } from "./icon.js";

let number = 0;

/** One line of text. `onInput` gets the value. */
export function Field({ label, value, onInput, error, hint, type = "text", area, ...rest }) {
  const [id] = useState(() => `field-${++number}`);
  const given = {
    value, onInput: (event) => onInput(event.target.value), "aria-invalid": error ? "true" : undefined,
    "aria-describedby": error || hint ? id : undefined, ...rest,
  };
  return html`<label class="field"><span>${label}</span>
    ${area ? html`<textarea rows=${area} ...${given} />` : html`<input type=${type} ...${given} />`}
    ${(error || hint) && html`<small id=${id} class=${error ? "field-error" : "quiet"}>${error || hint}</small>`}
  </label>`;
}

/** What the server refused, when no single field says it. */
export function Problems({ error }) {
  if (!error) return null;
  const named = Object.entries(error.fields ?? {});
  return html`<div class="field-error" role="alert"><p>${error.message}${error.contact && html` <a href=${link("contacts", error.contact)}>Open that contact</a>`}</p>
    ${named.length > 0 && html`<ul>${named.map(([field, message]) => html`<li key=${field}><code>${field}</code> ${message}</li>`)}</ul>`}</div>`;
}

/** Tags: Enter or a comma adds one, the cross or Backspace takes one off. */
export function TagInput({ label, tags, onChange }) {
  const [text, setText] = useState("");
  function add() {
    const tag = text.trim().slice(0, 40);
    if (tag && !tags.includes(tag)) onChange([...tags, tag]);
    setText("");
  }
  function onKey(event) {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && !text) onChange(tags.slice(0, -1));
  }
  return html`<div class="field"><span id="tags-label">${label}</span>
    <div class="tag-input">
      ${tags.map((tag) => html`<span class="chip" key=${tag}>${tag}<button type="button" aria-label=${`Remove ${tag}`} onClick=${() => onChange(tags.filter((each) => each !== tag))}><${Icon} name="close" size=${10} /></button></span>`)}
      <input aria-labelledby="tags-label" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${onKey} onBlur=${add} maxlength="40" placeholder=${tags.length ? "" : "Add a tag"} />
    </div></div>`;
}
