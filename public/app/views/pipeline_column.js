// One stage of the board and its cards.

import { useData } from "../core/data.js";
import { classes, html } from "../core/html.js";
import { link } from "../core/router.js";
import { DAY, clock, exact, present, shortDay } from "../core/time.js";
import { plural } from "../core/words.js";
import { Loading } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { reveal } from "../parts/menu.js";
import { Bars, Reasons } from "../parts/reasons.js";

const TAGS_SHOWN = 2;

export function Column({ stage, shown, may, onMenu, more, filtered }) {
  return html`<section class=${classes("column", shown && "is-shown")} data-stage=${stage.key} aria-label=${stage.label}>
    <h2 class="column-head"><span>${stage.label}</span><span class="count">${stage.count}</span></h2>
    <div class="column-body" data-scrolls>
      <ol class="cards">${stage.items.map((card) => html`<${Card} key=${card.id} card=${card} may=${may} onMenu=${onMenu} />`)}</ol>
      ${!stage.items.length && html`<p class="column-empty quiet">${filtered ? "Nobody here matches" : "Nobody here"}</p>`}
      ${stage.next && html`<div class="more"><button type="button" class="button small" disabled=${stage.growing} onClick=${more}>${stage.growing ? "Loading" : "Show more"}</button></div>`}
    </div>
  </section>`;
}

function Card({ card, may, onMenu }) {
  const days = Math.floor((present() - card.stage_since) / DAY);
  return html`<li class="card-item" data-id=${card.id} data-card>
    <a class="card-open" data-row draggable=${false} href=${link("contacts", card.id)} aria-keyshortcuts=${may ? "[ ] M" : undefined}>${card.name}</a>
    <${Warmth} card=${card} />
    ${may && html`<button type="button" class="card-menu" aria-label=${`Move ${card.name}`} title="Move (M)" onClick=${() => onMenu(card)}><${Icon} name="more" size=${14} /></button>`}
    <p class="card-facts">
      <span title=${`In this stage since ${exact(card.stage_since)}`}>${days < 1 ? "today" : plural(days, "day")}<span class="unseen"> in this stage</span></span>
      ${card.next_booking_at && html`<span class="card-fact" title="Next booking"><${Icon} name="calendar" size=${12} /><span class="unseen">Next booking </span>${shortDay(card.next_booking_at)}, ${clock(card.next_booking_at)}</span>`}
      ${card.open_tasks > 0 && html`<span class="card-fact" title=${plural(card.open_tasks, "open task")}><${Icon} name="check" size=${12} />${card.open_tasks}<span class="unseen"> open tasks</span></span>`}
    </p>
    ${card.tags.length > 0 && html`<p class="card-tags">${card.tags.slice(0, TAGS_SHOWN).map((tag) => html`<span class="chip" key=${tag}>${tag}</span>`)}
      ${card.tags.length > TAGS_SHOWN && html`<span class="quiet" title=${card.tags.slice(TAGS_SHOWN).join(", ")}>+${card.tags.length - TAGS_SHOWN}</span>`}</p>`}
  </li>`;
}

/** How warm they are, and on demand why. */
function Warmth({ card }) {
  const open = (event) => reveal(event.currentTarget, `${card.name}: warmness ${card.warmness} of 100`, html`<${Explained} id=${card.id} />`);
  return html`<button type="button" class="score" aria-label=${`Warmness ${card.warmness}. Why?`} title="How warm, and why" onClick=${open}><${Bars} score=${card.warmness} /><span>${card.warmness}</span></button>`;
}

function Explained({ id }) {
  const answer = useData(`/contacts/${id}/warmness`);
  if (answer.error) return html`<p class="reasons-none" role="alert">${answer.error.message}</p>`;
  return answer.data ? html`<${Reasons} reasons=${answer.data.reasons} />` : html`<${Loading} rows=${3} />`;
}
