// "Why did this happen?": one effect, and under it each thing it goes back to, down to the webhook.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { phone, provider, sentence, templateName } from "../core/words.js";
import { Answer, Empty } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";
import { View } from "../parts/view.js";
import { KINDS } from "../parts/why.js";
import { viewAt } from "../routes.js";
import { readable } from "./automation_form.js";

/** By kind of step: what it is called, its mark, the page that shows it and the permission that page needs. */
const STEPS = {
  message: ["Message", "messages", "messages", "messages:read"],
  task: ["Task", "check", null, null],
  move: ["Move on the board", "right", null, null],
  booking: ["Booking", "calendar", "calendar", "bookings:read"],
  run: ["Run of a rule", "automations", null, null],
  rule: ["Rule", "automations", "automations", "automations:read"],
  event: ["What happened", "today", null, null],
  job: ["Work behind it", "jobs", "jobs", "jobs:read"],
  delivery: ["Webhook", "webhooks", "webhooks", "log:read"],
  webhook: ["Webhook", "webhooks", "webhooks", "log:read"],
  action: ["What it did", "check", null, null],
  staff: ["A colleague", "contacts", null, null],
  request: ["A colleague", "contacts", null, null],
  contact: ["Contact", "contacts", "contacts", "contacts:read"],
  cadence: ["The clock", "clock", null, null],
};

const BACK = html`<a class="back quiet" href=${link("today")} data-close="back"><${Icon} name="left" size=${14} />Back</a>`;

export function Page({ id }) {
  const [, kind, of] = /^([a-z_]+)-(.+)$/.exec(id ?? "") ?? [];
  const asked = KINDS.includes(kind);
  const answer = useData(asked ? `/trace/${kind}/${encodeURIComponent(of)}` : null);
  const chain = answer.data?.chain ?? [];
  const lead = chain[0];
  return html`<${View} title="Why did this happen?" count=${lead ? titleOf(lead) : ""} filters=${BACK}>
    ${asked
      ? html`<${Answer} of=${answer} rows=${5} isEmpty=${!chain.length} empty=${html`<${Empty} icon="search" title="Nothing is known of this">What is older than the log is kept reaches back no further.<//>`}>
          <div class="trace"><p class="quiet">The latest first; each step was caused by the one below it.</p>
          <ol class="chain">${chain.map((step, n) => html`<${Step} key=${`${step.kind}${step.id}${n}`} step=${step} first=${n === 0} last=${n === chain.length - 1} />`)}</ol></div>
        <//>`
      : html`<${Empty} icon="search" title="Ask from a message, a task or a booking">Each has a link that says why it is there.<//>`}
  <//>`;
}

function Step({ step, first, last }) {
  const { can } = useSession();
  const [name, icon, view, may] = STEPS[step.kind] ?? [sentence(step.kind), "clock", null, null];
  const href = hrefOf(can, step, view && can(may) ? view : null);
  return html`<li class="step" data-first=${first || undefined}>
    <span class="step-mark"><${Icon} name=${icon} size=${14} /></span>
    <div class="step-text">
      <p class="step-kind"><span>${first ? name : last ? `${name}, where it began` : name}</span><${Time} at=${step.at} /></p>
      <p class="step-title">${href ? html`<a href=${href}>${titleOf(step)}</a>` : titleOf(step)}</p>
      ${step.detail && html`<p class="quiet step-detail">${firstUp(readable(step.detail).replace(/^sms\b/, "text").replace(/^email\b/, "e-mail"))}</p>`}
    </div>
  </li>`;
}

const SENT = /\b([a-z]+\.[a-z_]+) to (\+?[\w@.+-]+)/g;
const firstUp = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Names of the machine as people say them. */
function titleOf({ kind, title }) {
  if (kind === "action") return readable(title).replace(SENT, (_, key, to) => `${templateName(key)} to ${phone(to)}`);
  if (!/^[a-z0-9_.-]+$/.test(title ?? "")) return readable(title);
  if (kind === "message") return templateName(title);
  return kind === "delivery" || kind === "webhook" ? `From ${provider(title)}` : sentence(title);
}

/** A page of ours for a step: the one the server names, else the one of its kind. */
function hrefOf(can, step, view) {
  if (step.link?.startsWith("/app/")) return can(viewAt({ view: step.link.split(/[/?]/)[2] })?.may) ? step.link : null;
  return view && step.id ? link(view, step.id) : null;
}
