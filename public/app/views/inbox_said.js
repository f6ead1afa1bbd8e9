// What was said in a conversation, with what happened in between as quiet lines; what is planned is folded at the end.

import { Fragment, html, useLayoutEffect, useRef } from "../core/html.js";
import { link } from "../core/router.js";
import { clock, dayKey, dayName, exact, present, shortDay } from "../core/time.js";
import { plural, templateName, why } from "../core/words.js";
import { More } from "../parts/answer.js";
import { State } from "../parts/state.js";

const NEAR_END_PX = 60;
/** What never left is a note, not words. */
const isWords = ({ kind, state }) => (kind === "message" && state !== "skipped") || kind === "manychat.message";
const textOf = ({ summary }) => (/^[a-z]+\.[a-z_]+$/.test(summary) ? templateName(summary) : summary);

/** Oldest first; stays at the end as long as the reader is there. */
export function Said({ pages }) {
  const body = useRef(null);
  const atEnd = useRef(true);
  const now = present();
  const waits = ({ at, state }) => at > now && ["scheduled", "queued"].includes(state);
  const all = [...pages.items].reverse();
  // What was just written leaves in seconds: it stands among the rest, not among what is planned.
  const planned = all.filter((item) => waits(item) && item.at > now + 60_000);
  // What will not go out after all is no part of what was said.
  const items = all.filter((item) => !planned.includes(item) && !(item.at > now && item.state === "skipped"));
  const last = items.at(-1);
  useLayoutEffect(() => {
    if (atEnd.current) body.current.scrollTop = body.current.scrollHeight;
  }, [last?.id, last?.state, items.length]);
  const onScroll = ({ currentTarget: at }) => (atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX);
  return html`<div class="thread-body" ref=${body} onScroll=${onScroll} tabindex="0" role="log" aria-label="Messages">
    <${More} pages=${pages} />
    ${items.map((item, n) => html`<${Fragment} key=${item.id}>
      ${dayKey(item.at) !== dayKey(items[n - 1]?.at ?? 0) && html`<p class="thread-day">${dayName(item.at)}</p>`}
      ${isWords(item) ? html`<${Message} item=${item} />` : html`<${Note} item=${item} />`}
    <//>`)}
    ${planned.length > 0 && html`<details class="thread-planned"><summary>${plural(planned.length, "message")} planned</summary>
      <ul>${planned.map((item) => html`<li key=${item.id}><a href=${link("messages", item.id)}>${textOf(item)}</a> <span class="quiet">${shortDay(item.at)}, ${clock(item.at)}</span></li>`)}</ul></details>`}
  </div>`;
}

function Note({ item }) {
  const message = item.kind === "message";
  return html`<p class="thread-note"><span>${textOf(item)}${message && html`: skipped ${why(item)} <a href=${link("messages", item.id)}>Details</a>`}</span>
    <time datetime=${new Date(item.at).toISOString()} title=${exact(item.at)}>${clock(item.at)}</time></p>`;
}

function Message({ item }) {
  const incoming = item.direction === "in";
  return html`<article class="said" data-direction=${item.direction} aria-label=${incoming ? "From them" : "From us"}>
    <div class="bubble" data-direction=${item.direction}>${textOf(item)}</div>
    <p class="said-foot"><time datetime=${new Date(item.at).toISOString()} title=${exact(item.at)}>${clock(item.at)}</time>
      ${item.channel !== "sms" && html`<span>${item.channel === "email" ? "e-mail" : "chat"}</span>`}
      ${!incoming && html`<${State} kind="message" of=${item.state} /><span>${why(item)}</span>`}
      ${item.kind === "message" && !incoming && html`<a href=${link("messages", item.id)}>Details</a>`}</p>
  </article>`;
}
