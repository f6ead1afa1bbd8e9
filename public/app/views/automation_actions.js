// What a rule does: one panel an action, its parameters as the catalogue types them.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { sentence, templateName } from "../core/words.js";
import { Field } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { useColleagues } from "../parts/person.js";
import { Duration, Select, Words } from "./automation_fields.js";
import { blankAction } from "./automation_form.js";

const LABELS = { auto: "Text, else e-mail", sms: "Text", email: "E-mail", run: "Each time", end_of_business_day: "By the end of the business day", now: "At once", minutes: "After a while" };
const labelOf = (value) => ({ value, label: LABELS[value] ?? sentence(value) });

export function Actions({ actions, catalogue, errors, onChange }) {
  const swap = (n, action) => onChange(actions.map((each, at) => (at === n ? action : each)));
  const drop = (n) => onChange(actions.filter((_, at) => at !== n));
  const lift = (n) => onChange(actions.map((each, at) => (at === n - 1 ? actions[n] : at === n ? actions[n - 1] : each)));
  const add = (kind) => kind && onChange([...actions, blankAction(catalogue.actions.find((each) => each.do === kind))]);
  return html`
    <ol class="plain actions">${actions.map((action, n) => {
      const kind = catalogue.actions.find((each) => each.do === action.do);
      const name = kind?.label ?? sentence(action.do);
      return html`<li key=${`${n}${action.do}`} class="action" aria-label=${name}>
        <div class="action-head"><h3>${n + 1}. ${name}</h3>
          ${n > 0 && html`<button type="button" class="button ghost icon-only small" aria-label=${`${name} earlier`} onClick=${() => lift(n)}><${Icon} name="up" size=${14} /></button>`}
          <button type="button" class="button ghost icon-only small" aria-label=${`Remove: ${name}`} onClick=${() => drop(n)}><${Icon} name="close" size=${14} /></button></div>
        <div class="params">${(kind?.params ?? []).filter((param) => asked(param, action)).map((param) => html`
          <${Param} key=${param.name} param=${param} value=${action[param.name]} onChange=${(value) => swap(n, { ...action, [param.name]: value })} error=${errorOf(errors, `actions.${n}.${param.name}`)} />`)}</div>
        ${errors[`actions.${n}`] && html`<p class="field-error">${errors[`actions.${n}`]}</p>`}
      </li>`;
    })}</ol>
    ${errors.actions && html`<p class="field-error">${errors.actions}</p>`}
    <label class="pick add-action"><span class="unseen">Add something to do</span>
      <select onChange=${(event) => (add(event.target.value), (event.target.value = ""))}><option value="">Add something to do</option>
        ${catalogue.actions.map((each) => html`<option key=${each.do} value=${each.do}>${each.label}</option>`)}</select></label>`;
}

/** `due_minutes` is asked only where `due` says minutes. */
function asked(param, action) {
  const of = /^(.+)_minutes$/.exec(param.name)?.[1];
  return !of || !(of in action) || action[of] === "minutes";
}

const errorOf = (errors, path) => errors[path] ?? errors[Object.keys(errors).find((each) => each.startsWith(`${path}.`))];

function Param({ param, value, onChange, error }) {
  const label = param.optional && !["tags", "minutes"].includes(param.type) ? `${param.label} (optional)` : param.label;
  switch (param.type) {
    case "template": return html`<${Template} label=${label} value=${value} onChange=${onChange} error=${error} />`;
    case "staff": return html`<${Colleague} label=${label} value=${value} onChange=${onChange} error=${error} />`;
    case "rule": return html`<${OtherRule} label=${label} value=${value} onChange=${onChange} error=${error} />`;
    case "choice": case "stage": return html`<${Select} label=${label} value=${value} onChange=${onChange} options=${(param.options ?? []).map(labelOf)} none=${param.optional ? "" : undefined} error=${error} />`;
    case "tags": return html`<${Words} label=${label} value=${value} onChange=${onChange} error=${error} />`;
    case "minutes": return html`<${Duration} label=${label} minutes=${value ?? 0} onChange=${onChange} error=${error} />`;
    case "boolean": return html`<label class="check"><input type="checkbox" checked=${!!value} onChange=${(event) => onChange(event.target.checked)} />${label}</label>`;
    case "number": return html`<${Field} label=${label} type="number" value=${value ?? ""} onInput=${(text) => onChange(text === "" ? "" : Number(text))} error=${error} />`;
    case "long_text": return html`<${Field} label=${label} area="2" value=${value ?? ""} onInput=${onChange} error=${error} />`;
    case "url": return html`<${Field} label=${label} type="url" value=${value ?? ""} onInput=${onChange} error=${error} placeholder="https://" spellcheck="false" />`;
    default: return html`<${Field} label=${label} value=${value ?? ""} onInput=${onChange} error=${error} />`;
  }
}

function Template({ value, ...rest }) {
  const { can } = useSession();
  const templates = useData(can("templates:read") ? "/templates" : null);
  const keys = [...new Set([...(templates.data?.items ?? []).map(({ key }) => key), ...(value ? [value] : [])])];
  return html`<${Select} value=${value} options=${keys.map((key) => ({ value: key, label: templateName(key) }))} ...${rest} />`;
}

function Colleague({ value, ...rest }) {
  const people = useColleagues();
  return html`<${Select} value=${value} options=${people.map(({ id, name }) => ({ value: id, label: name }))} none="Everybody" ...${rest} />`;
}

function OtherRule({ value, ...rest }) {
  const rules = useData("/automations", { limit: 100 });
  return html`<${Select} value=${value} options=${(rules.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))} ...${rest} />`;
}
