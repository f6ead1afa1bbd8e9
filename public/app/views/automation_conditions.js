// Conditions: groups of comparisons and groups, each comparison typed by the field it looks at.

import { classes, html } from "../core/html.js";
import { sentence } from "../core/words.js";
import { Icon } from "../parts/icon.js";
import { Boxes, Duration, Line, Select, Words } from "./automation_fields.js";
import { blankTest, groupOf, valueFor } from "./automation_form.js";

const NAMES = [{ value: "all", label: "All of these hold" }, { value: "any", label: "At least one of these holds" }, { value: "none", label: "None of these holds" }];
const DEEPEST = 3;

/** `group`: {all|any|none: [...]}; `path` is where it stands, for its errors. */
export function Conditions({ group, path, fields, catalogue, errors, onChange, onRemove, depth = 0 }) {
  const { name, parts } = groupOf(group) ?? { name: "all", parts: [] };
  const put = (next) => onChange({ [name]: next });
  const swap = (n, part) => put(parts.map((each, at) => (at === n ? part : each)));
  const drop = (n) => put(parts.filter((_, at) => at !== n));
  const first = fields.find((each) => each.path.startsWith("contact.")) ?? fields[0];
  return html`<div class=${classes("group", depth > 0 && "is-inner")} role="group" aria-label=${`Conditions${depth ? ", inner group" : ""}`}>
    ${(parts.length > 1 || depth > 0 || name !== "all" || onRemove) && html`<div class="group-head">
      <${Select} quiet label="How they go together" value=${name} onChange=${(next) => onChange({ [next]: parts })} options=${NAMES} />
      ${onRemove && html`<button type="button" class="button ghost icon-only small" aria-label=${depth ? "Remove the group" : "Do not look again"} onClick=${onRemove}><${Icon} name="close" size=${14} /></button>`}
    </div>`}
    ${parts.length === 0 && html`<p class="quiet">${depth ? "Nothing yet: an empty group says nothing." : "No conditions: it counts every time."}</p>`}
    <ul class="plain clauses">${parts.map((part, n) => {
      const here = `${path}.${name}.${n}`;
      return html`<li key=${n}>${groupOf(part)
        ? html`<${Conditions} group=${part} path=${here} fields=${fields} catalogue=${catalogue} errors=${errors} depth=${depth + 1} onChange=${(next) => swap(n, next)} onRemove=${() => drop(n)} />`
        : html`<${Comparison} test=${part} path=${here} fields=${fields} catalogue=${catalogue} errors=${errors} onChange=${(next) => swap(n, next)} onRemove=${() => drop(n)} />`}</li>`;
    })}</ul>
    <div class="group-add">
      <button type="button" class="button small" onClick=${() => put([...parts, blankTest(first, catalogue)])}><${Icon} name="plus" size=${14} />Condition</button>
      ${depth < DEEPEST && html`<button type="button" class="button small ghost" onClick=${() => put([...parts, { any: [blankTest(first, catalogue)] }])}><${Icon} name="plus" size=${14} />Group</button>`}
    </div>
  </div>`;
}

const OF = { contact: "Contact", booking: "Booking", event: "What happened", settings: "The business", now: "Now" };
function fieldGroups(fields) {
  const kinds = [...new Set(fields.map(({ path }) => path.split(".")[0]))];
  return kinds.map((kind) => ({ label: OF[kind] ?? sentence(kind), options: fields.filter(({ path }) => path.startsWith(`${kind}.`)).map(({ path, label }) => ({ value: path, label: sentence(label) })) }));
}

function Comparison({ test, path, fields, catalogue, errors, onChange, onRemove }) {
  const field = fields.find((each) => each.path === test.field);
  const operators = (field && catalogue.operators[field.type]) ?? [];
  const operator = operators.find(({ op }) => op === test.op);
  const setField = (next) => {
    const found = fields.find((each) => each.path === next);
    if (found) onChange(blankTest(found, catalogue));
  };
  function setOp(op) {
    const next = operators.find((each) => each.op === op);
    onChange({ field: test.field, op, ...(next?.takes === operator?.takes && "value" in test ? { value: test.value } : valueFor(next?.takes, field)) });
  }
  const setValue = (value) => onChange({ ...test, value });
  const truth = field?.type === "boolean";
  const yes = truth && (test.op === "is") === (test.value === true);
  return html`<div class="clause comparison" data-bad=${errors[path] ? "true" : undefined}>
    <${Select} quiet label="Field" value=${test.field} onChange=${setField} groups=${fieldGroups(fields)} error=${errors[`${path}.field`] ?? errors[path]} />
    ${truth
      ? html`<${Select} quiet label="Whether" value=${yes ? "yes" : "no"} onChange=${(next) => onChange({ field: test.field, op: "is", value: next === "yes" })} options=${[{ value: "yes", label: "yes" }, { value: "no", label: "no" }]} error=${errors[`${path}.value`]} />`
      : html`<${Select} quiet label="How" value=${test.op} onChange=${setOp} options=${operators.map(({ op, label }) => ({ value: op, label }))} error=${errors[`${path}.op`]} />
        <${Value} key=${`${test.field}${operator?.takes}`} takes=${operator?.takes} field=${field} value=${test.value} onChange=${setValue} error=${errors[`${path}.value`]} />`}
    <button type="button" class="button ghost icon-only small" aria-label="Remove the condition" onClick=${onRemove}><${Icon} name="close" size=${14} /></button>
  </div>`;
}

function Value({ takes, field, value, onChange, error }) {
  switch (takes) {
    case undefined: case "nothing": return html`<span></span>`;
    case "choice":
      return field.options ? html`<${Select} quiet label="Value" value=${value} onChange=${onChange} options=${field.options} error=${error} />` : html`<${Line} label="Value" value=${value ?? ""} onInput=${onChange} error=${error} />`;
    case "choices":
      return field.options ? html`<${Boxes} label="Values" value=${value} onChange=${onChange} options=${field.options} error=${error} />` : html`<${Words} quiet label="Values" value=${value} onChange=${onChange} error=${error} />`;
    case "texts": return html`<${Words} quiet label="Values" value=${value} onChange=${onChange} error=${error} />`;
    case "minutes": return html`<${Duration} quiet label="How long" minutes=${value ?? 0} onChange=${onChange} error=${error} />`;
    case "number": return html`<${Line} label="Value" type="number" step="any" value=${value} onInput=${(text) => onChange(text === "" ? NaN : Number(text))} error=${error} />`;
    default: return html`<${Line} label="Value" value=${value ?? ""} maxlength="200" onInput=${onChange} error=${error} />`;
  }
}
