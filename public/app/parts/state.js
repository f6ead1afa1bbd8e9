// A state as a dot, a word and, where there is one, its reason.

import { html } from "../core/html.js";
import { state } from "../core/words.js";
import { Icon } from "./icon.js";

export function State({ kind, of, title }) {
  const [word, tone, icon] = state(kind, of);
  return html`<span class="state" data-tone=${tone} title=${title}><${Icon} name=${icon} size=${14} />${word}</span>`;
}

/** Only the mark; the word is for those who do not see it. */
export function Mark({ kind, of, label, note = "" }) {
  const [word, tone, icon] = state(kind, of);
  const text = `${label}: ${word} ${note}`.trim();
  return html`<span class="mark" data-tone=${tone} title=${text}><${Icon} name=${icon} size=${12} /><span class="unseen">${text}</span></span>`;
}
