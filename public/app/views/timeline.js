// Everything that passed between us and one person, by day; what is still planned stands on top.

import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayKey, dayName, present } from "../core/time.js";
import { plural, sentence, templateName, why } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { State } from "../parts/state.js";
import { Why } from "../parts/why.js";

/** Whether it stood in the plan for a time to come and will not go out after all. */
const isOff = ({ at, state }, now) => at > now && state === "skipped";

/** Rows under their day; whatever is to come belongs to "Ahead". */
function byDay(items, now) {
  const days = [];
  for (const item of items.filter((each) => !isOff(each, now))) {
    const key = item.at > now ? "ahead" : dayKey(item.at);
    if (days.at(-1)?.key !== key) days.push({ key, title: key === "ahead" ? "Ahead" : dayName(item.at), items: [] });
    days.at(-1).items.push(item);
  }
  return days;
}

export function Timeline({ pages }) {
  const now = present();
  const items = pages.items ?? [];
  const off = items.filter((item) => isOff(item, now));
  return html`<${Answer} of=${pages} isEmpty=${!items.length} empty=${html`<${Empty} icon="clock" title="Nothing yet" />`}>
    ${off.length > 0 && html`<details class="off"><summary>${plural(off.length, "planned message")} will not go out</summary>
      <ol class="timeline">${off.map((item) => html`<${Item} key=${item.id} item=${item} ahead />`)}</ol></details>`}
    ${byDay(items, now).map(({ key, title, items }) => html`
      <section key=${key}><h3 class="day">${title}</h3>
        <ol class="timeline">${items.map((item) => html`<${Item} key=${item.id} item=${item} ahead=${key === "ahead"} />`)}</ol>
      </section>`)}
    <${More} pages=${pages} />
  <//>`;
}

function Item({ item, ahead }) {
  const message = item.kind === "message";
  const icon = message ? (item.channel === "email" ? "mail" : "messages") : item.kind.startsWith("booking") ? "calendar" : item.kind.startsWith("consent") ? "check" : "clock";
  return html`<li class="moment" data-direction=${item.direction} data-message=${message || undefined}>
    <span class="moment-icon"><${Icon} name=${icon} size=${14} /></span>
    <div class="moment-text">
      <p class="moment-head"><span>${who(item)}</span><time datetime=${new Date(item.at).toISOString()}>${ahead ? `${dayName(item.at)}, ${clock(item.at)}` : clock(item.at)}</time></p>
      <p class=${message ? "bubble" : ""}>${message && /^[a-z]+\.[a-z]+$/.test(item.summary) ? templateName(item.summary) : item.summary}</p>
      ${message && html`<p class="moment-state"><${State} kind="message" of=${item.state} /><span class="quiet">${why(item)}</span><${Cause} item=${item} /></p>`}
    </div>
  </li>`;
}

function who({ kind, direction, channel }) {
  if (kind !== "message") return sentence(kind);
  const what = channel === "email" ? "E-mail" : "Text";
  return direction === "in" ? `${what} from them` : `${what} from us`;
}

/** Where it came from, for those who may look. */
function Cause({ item }) {
  const { can } = useSession();
  if (!can("messages:read")) return null;
  return html`<a class="quiet" href=${link("messages", item.id)}>Details</a>${item.direction === "out" && html`<${Why} kind="message" id=${item.id} />`}`;
}
