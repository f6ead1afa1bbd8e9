// Inputs of a rule's form: choices, lengths of time, words; each with its own error.

import { html, useState } from "../core/html.js";
import { sentence } from "../core/words.js";
import { fromUnits, inUnits, unitNames } from "./automation_form.js";

let number = 0;
const useFieldId = () => useState(() => `rule-field-${++number}`)[0];

const optionOf = (each) => (typeof each === "string" ? { value: each, label: sentence(each) } : each);
const Options = ({ options, value }) => options.map(optionOf).map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === value}>${each.label}</option>`);

/** A choice; `options`: strings or {value, label}; `groups`: [{label, options}]. `none` is what no choice is called. */
export function Select({ label, value, onChange, options, groups, none, error, quiet }) {
  const id = useFieldId();
  const known = (groups ? groups.flatMap((group) => group.options) : options).map(optionOf).some((each) => each.value === value);
  return html`<label class="field"><span class=${quiet ? "unseen" : ""}>${label}</span>
    <select aria-label=${label} onChange=${(event) => onChange(event.target.value)} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? id : undefined}>
      ${(none !== undefined || !known) && html`<option value="" selected=${!known}>${none ?? (value ? `${sentence(value)} (not there)` : "Choose")}</option>`}
      ${groups ? groups.map((group) => html`<optgroup key=${group.label} label=${group.label}><${Options} options=${group.options} value=${value} /></optgroup>`) : html`<${Options} options=${options} value=${value} />`}
    </select>
    ${error && html`<small id=${id} class="field-error">${error}</small>`}
  </label>`;
}

/** A length of time as a count and a unit; `onChange` gets minutes. */
export function Duration({ label, minutes, onChange, error, quiet }) {
  const id = useFieldId();
  const [count, found] = inUnits(minutes);
  const [unit, setUnit] = useState(found);
  const shown = fromUnits(1, unit) ? minutes / fromUnits(1, unit) : count;
  function turn(next) {
    setUnit(next);
    onChange(fromUnits(shown, next));
  }
  return html`<div class="field duration" role="group" aria-label=${label}><span class=${quiet ? "unseen" : ""} aria-hidden="true">${label}</span>
    <span class="duration-parts">
      <input type="number" min="0" step="any" aria-label=${`${label}, how many`} value=${Math.round(shown * 100) / 100} onInput=${(event) => onChange(fromUnits(Number(event.target.value), unit))} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? id : undefined} />
      <select aria-label=${`${label}, of what`} onChange=${(event) => turn(event.target.value)}>${unitNames.map((name) => html`<option key=${name} value=${name} selected=${name === unit}>${name}</option>`)}</select>
    </span>
    ${error && html`<small id=${id} class="field-error">${error}</small>`}
  </div>`;
}

/** Several words, with commas between. */
export function Words({ label, value, onChange, options, error, quiet }) {
  const id = useFieldId();
  const [text, setText] = useState((value ?? []).join(", "));
  const type = (event) => {
    setText(event.target.value);
    onChange(event.target.value.split(",").map((each) => each.trim()).filter(Boolean));
  };
  return html`<label class="field"><span class=${quiet ? "unseen" : ""}>${label}</span>
    <input aria-label=${label} value=${text} onInput=${type} placeholder="One, another" list=${options ? `${id}-known` : undefined} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? id : undefined} />
    ${options && html`<datalist id=${`${id}-known`}>${options.map((each) => html`<option key=${each} value=${each}></option>`)}</datalist>`}
    ${error && html`<small id=${id} class="field-error">${error}</small>`}
  </label>`;
}

/** Several of a few: a box for each. */
export function Boxes({ label, value, onChange, options, error }) {
  const has = new Set(value ?? []);
  const flip = (each) => (event) => onChange(options.filter((option) => (option === each ? event.target.checked : has.has(option))));
  return html`<div class="field boxes" role="group" aria-label=${label}>
    ${options.map((each) => html`<label class="check" key=${each}><input type="checkbox" checked=${has.has(each)} onChange=${flip(each)} />${sentence(each)}</label>`)}
    ${error && html`<small class="field-error">${error}</small>`}
  </div>`;
}

/** One line without a label that is seen: its row says what it is. */
export function Line({ label, value, onInput, error, type = "text", ...rest }) {
  const id = useFieldId();
  return html`<label class="field"><span class="unseen">${label}</span>
    <input aria-label=${label} type=${type} value=${value} onInput=${(event) => onInput(event.target.value)} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? id : undefined} ...${rest} />
    ${error && html`<small id=${id} class="field-error">${error}</small>`}</label>`;
}
