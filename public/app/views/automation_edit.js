// The form of a rule: when, if, then wait, do. All it offers comes from the catalogue.

import { html } from "../core/html.js";
import { sentence } from "../core/words.js";
import { Field, Problems } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { Actions } from "./automation_actions.js";
import { Conditions } from "./automation_conditions.js";
import { Duration, Select } from "./automation_fields.js";
import { fieldsFor, readable } from "./automation_form.js";

const WHEN = [["before", "before"], ["at", "at the time"], ["after", "after"]];

/** `set` changes {name, definition}; `errors`: message by path; `reading`: {sentence}. */
export function RuleEditor({ rule, set, catalogue, errors, reading, error, may, save, busy, changed, discard }) {
  const { definition } = rule;
  const change = (changes) => set({ definition: { ...definition, ...changes } });
  const fields = fieldsFor(definition.trigger, catalogue);
  const event = catalogue.events.find(({ type }) => definition.trigger.on === "event" && type === definition.trigger.type);
  return html`<form class="rule-page" onSubmit=${save} aria-label="Rule" novalidate>
    <div class="rule-read" role="status" aria-live="polite"><${Icon} name="automations" size=${16} /><p>${readable(reading.sentence || rule.sentence) || "As soon as it says what to do, it reads as a sentence here."}</p></div>
    <fieldset class="rule-parts" disabled=${!may}>
      <${Field} label="Name" value=${rule.name} onInput=${(name) => set({ name })} maxlength="100" required error=${errors.name} />
      <section class="panel" aria-labelledby="rule-when"><h2 id="rule-when">When</h2>
        <${Trigger} trigger=${definition.trigger} catalogue=${catalogue} onChange=${(trigger) => change({ trigger })} errors=${errors} />
        ${event && html`<${Debounce} event=${event} value=${definition.debounce_minutes} onChange=${(debounce_minutes) => change({ debounce_minutes })} error=${errors.debounce_minutes} />`}
      </section>
      <section class="panel" aria-labelledby="rule-if"><h2 id="rule-if">Only if</h2>
        <${Conditions} group=${definition.conditions ?? { all: [] }} path="conditions" fields=${fields} catalogue=${catalogue} errors=${errors} onChange=${(conditions) => change({ conditions })} />
      </section>
      <section class="panel" aria-labelledby="rule-wait"><h2 id="rule-wait">Then wait</h2>
        <${Wait} definition=${definition} change=${change} fields=${fields} catalogue=${catalogue} errors=${errors} />
      </section>
      <section class="panel" aria-labelledby="rule-do"><h2 id="rule-do">Do this</h2>
        <${Actions} actions=${definition.actions} catalogue=${catalogue} errors=${errors} onChange=${(actions) => change({ actions })} />
      </section>
    </fieldset>
    <${Problems} error=${error && !Object.keys(error.fields ?? {}).length ? error : null} />
    ${may && html`<div class="form-actions rule-save">
      <button class="button primary" disabled=${busy || !changed}>${busy ? "Saving" : "Save"}</button>
      ${discard && html`<button type="button" class="button ghost" onClick=${discard}>Discard changes</button>`}
      ${Object.keys(error?.fields ?? {}).length > 0
        ? html`<span class="field-error" role="alert">${error.message}. The places are marked above.</span>`
        : changed && html`<span class="quiet">A dry run tries it before it is saved.</span>`}
    </div>`}
  </form>`;
}

function Trigger({ trigger, catalogue, onChange, errors }) {
  const toEvent = (type) => onChange({ on: "event", type });
  const toTime = (changes) => onChange({ on: "time", anchor: trigger.anchor ?? catalogue.anchors[0]?.key, minutes: trigger.minutes ?? -1440, ...changes });
  const anchor = catalogue.anchors.find(({ key }) => key === trigger.anchor);
  const minutes = trigger.minutes ?? 0;
  const side = minutes < 0 ? "before" : minutes > 0 ? "after" : "at";
  const sides = anchor?.after_only ? WHEN.slice(1) : WHEN;
  const setSide = (next) => toTime({ minutes: next === "at" ? 0 : (next === "before" ? -1 : 1) * (Math.abs(minutes) || 60) });
  function setAnchor(key) {
    const next = catalogue.anchors.find((each) => each.key === key);
    toTime({ anchor: key, minutes: next?.after_only ? Math.abs(minutes) : minutes });
  }
  return html`
    <div class="choice" role="radiogroup" aria-label="What it waits for">
      <label><input type="radio" name="trigger" checked=${trigger.on === "event"} onChange=${() => toEvent(catalogue.events[0].type)} />Something happens</label>
      <label><input type="radio" name="trigger" checked=${trigger.on === "time"} onChange=${() => toTime({})} />A time comes</label>
    </div>
    ${trigger.on === "event"
      ? html`<${Select} label="What happens" value=${trigger.type} onChange=${toEvent} error=${errors["trigger.type"]} groups=${eventGroups(catalogue.events)} />`
      : html`<div class="clause">
          <${Select} label="Before or after" value=${side} onChange=${setSide} options=${sides.map(([value, label]) => ({ value, label }))} />
          ${side !== "at" && html`<${Duration} label="How long" minutes=${Math.abs(minutes)} onChange=${(next) => toTime({ minutes: side === "before" ? -next : next })} error=${errors["trigger.minutes"]} />`}
          <${Select} label="What time" value=${trigger.anchor} onChange=${setAnchor} error=${errors["trigger.anchor"]} options=${catalogue.anchors.map(({ key, label }) => ({ value: key, label }))} />
        </div>
        ${anchor?.daily && html`<p class="quiet">Looked at once a day, in the morning.</p>`}`}`;
}

/** Events under what they are about. */
function eventGroups(events) {
  const subjects = [...new Set(events.map(({ subject }) => subject))];
  return subjects.map((subject) => ({ label: sentence(subject), options: events.filter((each) => each.subject === subject).map(({ type, label }) => ({ value: type, label })) }));
}

function Debounce({ event, value, onChange, error }) {
  const shown = value ?? event.debounce_minutes ?? 0;
  if (!shown && !event.debounce_minutes && value === undefined) {
    return html`<p class="quiet">Each time counts. <button type="button" class="button small ghost" onClick=${() => onChange(5)}>Take quick repeats as one</button></p>`;
  }
  return html`<div class="clause"><${Field} label="Repeats about the same record within so many minutes count once" type="number" min="0" max="1440" value=${shown} onInput=${(text) => onChange(text === "" ? undefined : Number(text))} error=${error} /></div>`;
}

function Wait({ definition, change, fields, catalogue, errors }) {
  const { delay, still } = definition;
  if (!delay) return html`<p class="quiet">It acts at once.</p><div><button type="button" class="button small" onClick=${() => change({ delay: { minutes: 240, within_hours: false } })}><${Icon} name="clock" size=${14} />Wait first</button></div>`;
  return html`
    <div class="clause">
      <${Duration} label="How long" minutes=${delay.minutes ?? 0} onChange=${(minutes) => change({ delay: { ...delay, minutes } })} error=${errors["delay.minutes"]} />
      <label class="check"><input type="checkbox" checked=${!!delay.within_hours} onChange=${(event) => change({ delay: { ...delay, within_hours: event.target.checked } })} />then until the business is open</label>
      <button type="button" class="button small ghost" onClick=${() => change({ delay: undefined, still: undefined })}>Act at once instead</button>
    </div>
    ${still
      ? html`<h3>And only if by then, still</h3><${Conditions} group=${still} path="still" fields=${fields} catalogue=${catalogue} errors=${errors} onChange=${(next) => change({ still: next })} onRemove=${() => change({ still: undefined })} />`
      : html`<div><button type="button" class="button small" onClick=${() => change({ still: { all: [] } })}><${Icon} name="plus" size=${14} />Look again before acting</button></div>`}`;
}
