// When the business is open: spans for each day of the week, and the days it stays closed.

import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { dayName, dayOf, WEEK } from "../core/time.js";
import { sentence } from "../core/words.js";
import { Icon } from "../parts/icon.js";
import { SettingsForm } from "../parts/settings_form.js";

const MOST = 4;
const FIRST = { opens: "09:00", closes: "17:00" };

/** What is wrong with a day's spans, in words, or "". */
function wrongWith(spans) {
  const ordered = [...spans].sort((a, b) => a.opens.localeCompare(b.opens));
  for (const [n, { opens, closes }] of ordered.entries()) {
    if (!opens || !closes) return "A time is missing";
    if (closes !== "00:00" && closes <= opens) return `${opens} to ${closes} ends before it begins`;
    const next = ordered[n + 1];
    if (next && (closes === "00:00" || next.opens < closes)) return `${opens} to ${closes} and ${next.opens} to ${next.closes} overlap`;
  }
  return "";
}

export function Hours({ answer }) {
  const { me } = useSession();
  return html`
    <${SettingsForm} title="Business hours" answer=${answer} saved="Business hours changed"
      about=${`On the clock of ${me.tenant.time_zone.replaceAll("_", " ")}. Tasks fall due by closing time, and rules that wait for open doors follow them.`}
      read=${({ hours }) => ({ hours })} write=${({ hours }) => ({ hours: Object.fromEntries(WEEK.map((day) => [day, hours[day] ?? []])) })}
      blocked=${({ hours }) => WEEK.some((day) => wrongWith(hours[day] ?? []))}
      fields=${(draft, set) => html`<ul class="plain week-hours">${WEEK.map((day) => html`<${Day} key=${day} day=${day} spans=${draft.hours[day] ?? []}
        onChange=${(spans) => set("hours")({ ...draft.hours, [day]: spans })}
        copy=${() => set("hours")(Object.fromEntries(WEEK.map((each) => [each, draft.hours[day] ?? []])))} />`)}</ul>`} />
    <${SettingsForm} title="Closed days" answer=${answer} saved="Closed days changed"
      about="Public holidays and other days on which nobody is there."
      read=${({ closed_days }) => ({ days: closed_days })} write=${({ days }) => ({ closed_days: [...new Set(days)].sort() })}
      fields=${(draft, set) => html`<${ClosedDays} days=${draft.days} onChange=${set("days")} />`} />`;
}

/** The end of the last span, an hour later, for the next one. */
function after(spans) {
  const last = [...spans].sort((a, b) => a.opens.localeCompare(b.opens)).at(-1);
  if (!last) return FIRST;
  const hour = Math.min(22, Number(last.closes.slice(0, 2)) + 1);
  return { opens: `${String(hour).padStart(2, "0")}:00`, closes: `${String(Math.min(23, hour + 2)).padStart(2, "0")}:00` };
}

function Day({ day, spans, onChange, copy }) {
  const name = sentence(day);
  const problem = wrongWith(spans);
  const swap = (n, changes) => onChange(spans.map((each, at) => (at === n ? { ...each, ...changes } : each)));
  const full = spans.length >= MOST || spans.some(({ closes }) => closes === "00:00");
  return html`<li><div class="day-hours" role="group" aria-label=${name}>
    <span class="day-name">${name}</span>
    <div class="spans">
      ${spans.length === 0 && html`<span class="quiet">Closed</span>`}
      ${spans.map((span, n) => html`<div key=${n} class="span">
        <input type="time" step="300" aria-label=${`${name} opens${n ? `, span ${n + 1}` : ""}`} value=${span.opens} onInput=${(event) => swap(n, { opens: event.target.value })} aria-invalid=${problem ? "true" : undefined} />
        <span aria-hidden="true">to</span>
        <input type="time" step="300" aria-label=${`${name} closes${n ? `, span ${n + 1}` : ""}`} value=${span.closes} onInput=${(event) => swap(n, { closes: event.target.value })} aria-invalid=${problem ? "true" : undefined} />
        <button type="button" class="button ghost icon-only small" aria-label=${`${name}: remove ${span.opens} to ${span.closes}`} onClick=${() => onChange(spans.filter((_, at) => at !== n))}><${Icon} name="close" size=${12} /></button>
      </div>`)}
      ${problem && html`<small class="field-error" role="alert">${problem}</small>`}
    </div>
    <div class="day-more">
      ${!full && html`<button type="button" class="button small ghost" aria-label=${`${name}: ${spans.length ? "add a span" : "open"}`} onClick=${() => onChange([...spans, after(spans)])}><${Icon} name="plus" size=${12} />${spans.length ? "Span" : "Open"}</button>`}
      ${spans.length > 0 && html`<button type="button" class="button small ghost" aria-label=${`Copy to all: ${name}`} onClick=${copy}>Copy to all</button>`}
    </div>
  </div></li>`;
}

function ClosedDays({ days, onChange }) {
  const [next, setNext] = useState("");
  function add() {
    if (dayOf(next) && !days.includes(next)) onChange([...days, next].sort());
    setNext("");
  }
  return html`
    ${days.length ? html`<ul class="plain closed-days">${days.map((day) => html`<li key=${day}><span>${dayName(dayOf(day))} ${day.slice(0, 4)}</span>
      <button type="button" class="button ghost icon-only small" aria-label=${`Not closed on ${day}`} onClick=${() => onChange(days.filter((each) => each !== day))}><${Icon} name="close" size=${12} /></button></li>`)}</ul>` : html`<p class="quiet">None.</p>`}
    <div class="add-day"><label class="field"><span>Another day</span><input type="date" value=${next} onInput=${(event) => setNext(event.target.value)} /></label><button type="button" class="button" disabled=${!next} onClick=${add}>Add</button></div>`;
}
