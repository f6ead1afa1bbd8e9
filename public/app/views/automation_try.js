// The dry run: what a rule would have done in a past period, to whom, in which words, at what cost. Nothing is sent.

import { post } from "../core/api.js";
import { html, useEffect, useRef, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { DAY, dayKey, dayOf, present, shortDay, startOfDay } from "../core/time.js";
import { money, plural, sentence } from "../core/words.js";
import { Empty, Failure } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";

const PERIODS = [[7, "Last 7 days"], [30, "Last 30 days"], [90, "Last 90 days"]];
const COUNTED = ["events", "matched", "would_run", "held", "texts", "mails", "tasks", "cost_micros"];
const SHOWN = 300; // rows on the screen; the totals go on counting

/** `ready`: whether the definition says enough to be tried. */
export function DryRun({ definition, changed, ready }) {
  const now = present();
  const [from, setFrom] = useState(startOfDay(now - 30 * DAY));
  const [until, setUntil] = useState(now);
  const [only, setOnly] = useState("");
  const { run, start, stop } = useDryRun();
  const choose = (days) => (setFrom(startOfDay(now - days * DAY)), setUntil(now));
  const items = run.items.filter(({ outcome }) => !only || outcome === only || (only === "held" && outcome !== "would run"));
  return html`<div class="try">
    <form class="try-head" aria-label="Dry run" onSubmit=${(event) => (event.preventDefault(), start(definition, from, until))}>
      <p>What would ${changed ? "the rule as it is on the screen" : "this rule"} have done? Nothing is sent and nothing changes.</p>
      <div class="try-period">
        <div class="tabs" role="group" aria-label="Period">${PERIODS.map(([days, label]) => html`<button type="button" key=${days} aria-pressed=${dayKey(from) === dayKey(now - days * DAY) && now - until < DAY} onClick=${() => choose(days)}>${label}</button>`)}</div>
        <label class="field"><span>From</span><input type="date" value=${dayKey(from)} max=${dayKey(now)} onChange=${(event) => dayOf(event.target.value) && setFrom(dayOf(event.target.value))} /></label>
        <label class="field"><span>To</span><input type="date" value=${dayKey(until - 1)} max=${dayKey(now)} onChange=${(event) => dayOf(event.target.value) && setUntil(Math.min(now, startOfDay(dayOf(event.target.value), 1)))} /></label>
        ${run.busy ? html`<button type="button" class="button" onClick=${stop}>Stop</button>` : html`<button class="button primary" disabled=${!ready || from >= until}><${Icon} name="replay" size=${14} />Dry run</button>`}
      </div>
      ${!ready && html`<p class="quiet">First fill in what is missing in the rule.</p>`}
    </form>
    ${run.error && html`<${Failure} error=${run.error} retry=${() => start(definition, from, until)} />`}
    ${run.totals && html`<${Totals} run=${run} from=${from} until=${until} />`}
    ${run.totals && run.items.length > 0 && html`
      <div class="tabs try-only" role="group" aria-label="Show">${[["", "All"], ["would run", "Would run"], ["held", "Held back"]].map(([value, label]) => html`<button type="button" key=${value} aria-pressed=${only === value} onClick=${() => setOnly(value)}>${label}</button>`)}</div>
      <ul class="rows try-items">${items.slice(0, SHOWN).map((item, n) => html`<${Item} key=${`${item.event_id}${item.subject_id}${n}`} item=${item} currency=${run.totals.currency} />`)}</ul>
      ${items.length > SHOWN && html`<p class="quiet try-rest">The first ${SHOWN} of ${items.length} are shown; the totals count all.</p>`}`}
    ${run.totals && !run.busy && !run.items.length && html`<${Empty} icon="automations" title="It would have done nothing">Nothing that it waits for happened in this time.<//>`}
  </div>`;
}

const DOES = { create_task: "Task", move_stage: "Move", tag: "Tag", set_intent: "Intent", notify: "Notice", call_webhook: "Webhook", start_rule: "Rule" };
const wordFor = (effect) => (effect.do === "send" ? (effect.channel === "email" ? "E-mail" : "Text") : (DOES[effect.do] ?? sentence(effect.do)));

/** Page after page, so that a long period shows its first rows at once and can be stopped. */
function useDryRun() {
  const [run, setRun] = useState({ items: [], totals: null, busy: false, error: null, done: false });
  const number = useRef(0);
  const stop = () => {
    number.current++;
    setRun((was) => ({ ...was, busy: false }));
  };
  useEffect(() => () => void number.current++, []);
  async function start(definition, from, until) {
    const mine = ++number.current;
    let [items, totals, after] = [[], null, undefined];
    setRun({ items, totals, busy: true, error: null, done: false });
    try {
      do {
        const page = await post("/automations/dry-run", { definition, from, until, ...(after && { after }) });
        if (number.current !== mine) return;
        items = [...items, ...page.items];
        totals = totals ? { ...page.totals, ...Object.fromEntries(COUNTED.map((name) => [name, (totals[name] ?? 0) + (page.totals[name] ?? 0)])) } : page.totals;
        after = page.next;
        setRun({ items, totals, busy: !!after, error: null, done: !after, at: page.items.at(-1)?.at });
      } while (after);
    } catch (error) {
      if (number.current === mine) setRun((was) => ({ ...was, busy: false, error }));
    }
  }
  return { run, start, stop };
}

function Totals({ run, from, until }) {
  const { me } = useSession();
  const { totals } = run;
  const cells = [
    ["Happened", totals.events], ["Would have run", totals.would_run], ["Held back", totals.held],
    ["Texts", totals.texts], ["E-mails", totals.mails], ["Tasks", totals.tasks], ["Cost", money(totals.cost_micros ?? 0, totals.currency || me.tenant.currency, me.tenant.locale)],
  ];
  return html`<section class="try-totals" aria-label="Totals" aria-busy=${run.busy ? "true" : undefined}>
    <p class="quiet" role="status">${run.busy ? `Looking at ${plural(totals.events ?? 0, "occasion")} so far` : `${shortDay(from)} to ${shortDay(until - 1)}${run.done ? "" : ", stopped"}`}</p>
    <dl class="totals">${cells.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value ?? 0}</dd></div>`)}</dl>
  </section>`;
}

function Item({ item, currency }) {
  const { me, can } = useSession();
  const runs = item.outcome === "would run";
  const name = item.contact_name || sentence(item.subject_kind);
  return html`<li class="try-item">
    <span class="state" data-tone=${runs ? "good" : "quiet"}><${Icon} name=${runs ? "check" : "skip"} size=${14} />${runs ? "Would run" : "Held back"}</span>
    <div class="try-what">
      <p>${item.contact_id && can("contacts:read") ? html`<a href=${link("contacts", item.contact_id)}>${name}</a>` : html`<strong>${name}</strong>`} ${item.why && html`<span class="quiet">${item.why}</span>`}</p>
      ${(item.effects ?? []).map((effect, n) => html`<p key=${n} class="try-effect"><span class="chip">${wordFor(effect)}</span> <span>${effect.text}</span>${effect.cost_micros ? html` <span class="quiet">${money(effect.cost_micros, currency || me.tenant.currency, me.tenant.locale)}</span>` : ""}${effect.skipped ? html` <span class="try-skipped">would be skipped: ${String(effect.skipped).replaceAll("_", " ")}</span>` : ""}</p>`)}
      ${item.joined > 0 && html`<p class="quiet">${plural(item.joined, "more change")} within minutes, taken as one</p>`}
    </div>
    <span class="quiet row-when"><${Time} at=${item.at} /></span>
  </li>`;
}
