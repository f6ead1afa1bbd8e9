// One delivery: what came, what was made of it, everything it led to; and doing it once more.

import { post } from "../core/api.js";
import { useData } from "../core/data.js";
import { html, useMemo, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { exact } from "../core/time.js";
import { done, failed } from "../core/toasts.js";
import { bytes, plural, provider, sentence, templateName } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Icon } from "../parts/icon.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";
import { Aside } from "../parts/view.js";

const SETTLED_MS = 1500;

export function Webhook({ id, back }) {
  const { can } = useSession();
  const story = useData(`/deliveries/${id}`);
  const [busy, setBusy] = useState(false);
  async function replay() {
    setBusy(true);
    try {
      const { jobs } = await post(`/deliveries/${id}/replay`);
      done(`Replayed: ${plural(jobs, "handler")} ${jobs === 1 ? "runs" : "run"} again`);
      await story.reload();
      // The handlers run behind the answer; look once more when they should be done.
      setTimeout(story.reload, SETTLED_MS);
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  const actions = can("log:replay") && story.data?.delivery.event_id && html`<button type="button" class="button" disabled=${busy} onClick=${replay}><${Icon} name="replay" size=${14} />Replay</button>`;
  return html`<${Aside} title="Webhook" back=${back} actions=${actions}>
    <${Answer} of=${story} rows=${6}>${story.data && html`<${Story} ...${story.data} />`}<//>
  <//>`;
}

function Story({ delivery, effects }) {
  return html`
    <p class="lead">${provider(delivery.source)}</p>
    <p><${State} kind="verdict" of=${delivery.verdict} />${delivery.reason && html` <span class="quiet">${delivery.reason}</span>`}</p>
    <${Facts} rows=${[["Received", exact(delivery.received_at)], ["Address", html`<code>${delivery.path}</code>`], ["Size", bytes(delivery.body_bytes)], ["SHA-256", html`<code class="hash">${delivery.body_sha256}</code>`]]} />
    ${effects.length > 0 && html`<h3 class="section">What it led to <span class="count">${effects.length}</span></h3><${Effects} effects=${effects} />`}
    <h3 class="section">Body</h3><${Body} delivery=${delivery} />
    <details class="headers"><summary>Headers</summary><${Facts} rows=${Object.entries(delivery.headers).map(([name, value]) => [name, html`<code>${value}</code>`])} /></details>`;
}

/** Effects as a tree: each stands under what caused it. */
function Effects({ effects }) {
  const known = new Set(effects.map(({ id }) => id));
  const under = (id) => effects.filter((each) => each.cause_id === id && each.id !== id);
  const roots = effects.filter(({ cause_id }) => !known.has(cause_id));
  const Branch = ({ effect }) => html`<li>
    <div class="effect"><span class="kind">${sentence(effect.kind)}</span>
      <span class="effect-what"><${Target} effect=${effect} /></span>
      ${effect.state && html`<${State} kind=${effect.kind} of=${effect.state} />`}
      <span class="quiet"><${Time} at=${effect.at} /></span></div>
    ${under(effect.id).length > 0 && html`<ol>${under(effect.id).map((each) => html`<${Branch} key=${each.id} effect=${each} />`)}</ol>`}
  </li>`;
  return html`<ol class="effects">${roots.map((effect) => html`<${Branch} key=${effect.id} effect=${effect} />`)}</ol>`;
}

function Target({ effect }) {
  const { can } = useSession();
  if (effect.kind === "message" && can("messages:read")) return html`<a href=${link("messages", effect.id)}>${templateName(effect.what)}</a>`;
  if (effect.kind === "job" && can("jobs:read")) return html`<a href=${link("jobs", effect.id)}>${effect.what}</a>`;
  return effect.what;
}

/** The raw bytes as they came, or laid out where they are JSON (also inside a token). */
function Body({ delivery }) {
  const [raw, setRaw] = useState(false);
  const pretty = useMemo(() => laidOut(delivery), [delivery]);
  if (delivery.body_form === "purged") return html`<p class="quiet">The body has been deleted after its time.</p>`;
  if (!delivery.body) return html`<p class="quiet">Empty.</p>`;
  return html`
    ${pretty && html`<div class="tabs" role="group" aria-label="View">
      <button type="button" aria-pressed=${!raw} onClick=${() => setRaw(false)}>${pretty.name}</button>
      <button type="button" aria-pressed=${raw} onClick=${() => setRaw(true)}>Raw</button></div>`}
    <pre class="body-text" tabindex="0">${pretty && !raw ? pretty.text : delivery.body}</pre>
    ${delivery.body_form === "base64" && html`<p class="quiet">Not text; shown in base64.</p>`}`;
}

function laidOut({ body, headers }) {
  try {
    return { name: "JSON", text: JSON.stringify(unfolded(JSON.parse(body)), null, 2) };
  } catch {
    // Not JSON; perhaps a token whose middle is, or a form.
  }
  try {
    const [, middle, ...rest] = body.trim().replace(/^"|"$/g, "").split(".");
    if (rest.length === 1) {
      const bytesOf = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
      return { name: "Token, decoded", text: JSON.stringify(unfolded(JSON.parse(new TextDecoder().decode(bytesOf))), null, 2) };
    }
  } catch {
    return null;
  }
  if (!/x-www-form-urlencoded/.test(headers["content-type"] ?? "")) return null;
  return { name: "Form", text: JSON.stringify(Object.fromEntries(new URLSearchParams(body)), null, 2) };
}

/** Providers put JSON into strings inside JSON; read it as what it is. */
function unfolded(value) {
  if (typeof value === "string" && /^\s*[{[]/.test(value)) {
    try {
      return unfolded(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(unfolded);
  return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unfolded(each)])) : value;
}
