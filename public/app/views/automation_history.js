// What a rule said before: each version with what it changed, and the way back to it.

import { usePages } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { done, failed } from "../core/toasts.js";
import { sentence } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Time } from "../parts/time.js";
import { groupOf, lengthText, readable } from "./automation_form.js";

const GROUPS = { all: "all of:", any: "one of:", none: "none of:" };

/** A version as lines that can be compared. */
function linesOf({ name, definition }, catalogue) {
  const fields = [...catalogue.events, ...catalogue.anchors].flatMap((each) => each.fields);
  const { trigger, conditions, delay, still, debounce_minutes: debounce, actions } = definition;
  const when = trigger.on === "event"
    ? (catalogue.events.find(({ type }) => type === trigger.type)?.label ?? trigger.type)
    : `${trigger.minutes ? `${lengthText(trigger.minutes)} ${trigger.minutes < 0 ? "before" : "after"} ` : "When "}${(catalogue.anchors.find(({ key }) => key === trigger.anchor)?.label ?? trigger.anchor).toLowerCase()}`;
  const told = (clause, indent) => {
    const group = groupOf(clause);
    if (group) return group.parts.length ? [...(indent || group.name !== "all" ? [`${indent}${GROUPS[group.name]}`] : []), ...group.parts.flatMap((each) => told(each, `${indent}  `))] : [];
    const field = fields.find(({ path }) => path === clause.field);
    const operator = catalogue.operators[field?.type]?.find(({ op }) => op === clause.op);
    const value = operator?.takes === "minutes" ? lengthText(clause.value) : Array.isArray(clause.value) ? clause.value.join(", ") : (clause.value ?? "");
    return [`${indent}${field?.label ?? clause.field} ${operator?.label ?? clause.op} ${value === true ? "yes" : value === false ? "no" : value}`.trimEnd()];
  };
  return [
    `Name: ${name}`, `When: ${when}`, ...(debounce ? [`Repeats within ${debounce} min count once`] : []),
    ...told(conditions ?? { all: [] }, "").map((line) => `If ${line}`),
    ...(delay ? [`Wait: ${lengthText(delay.minutes ?? 0)}${delay.within_hours ? ", then until open" : ""}`] : []),
    ...(still ? told(still, "").map((line) => `If still ${line}`) : []),
    ...actions.map((action) => `Do: ${catalogue.actions.find((each) => each.do === action.do)?.label ?? action.do}${Object.entries(action).filter(([key]) => key !== "do").map(([key, value]) => `; ${sentence(key).toLowerCase()}: ${value}`).join("")}`),
  ];
}

/** `restore(version, {name, definition})` writes a version anew and returns the rule as it then is. */
export function History({ rule, catalogue, may, restore }) {
  const pages = usePages(`/automations/${rule.id}/versions`, { limit: 50 });
  const items = pages.items ?? [];
  const [busy, setBusy] = useState(false);
  const part = ({ name, definition }) => ({ name, definition });
  async function back(version) {
    setBusy(true);
    try {
      const before = part(rule);
      const after = await restore(rule.version, part(version));
      pages.reload();
      done(`Back to version ${version.version}`, async () => (await restore(after.version, before), pages.reload()));
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  return html`<div class="history"><${Answer} of=${pages} rows=${4} isEmpty=${!items.length} empty=${html`<${Empty} icon="clock" title="No earlier versions" />`}>
    <ol class="plain">${items.map((version, n) => html`<li key=${version.version} class="version">
      <div class="version-head"><h2>Version ${version.version}${version.version === rule.version ? html` <span class="chip" data-tone="good">now</span>` : ""}</h2>
        <span class="quiet">${version.author?.name || sentence(version.author?.kind)}, <${Time} at=${version.at} /></span>
        ${may && version.version !== rule.version && html`<button type="button" class="button small" disabled=${busy} onClick=${() => back(version)}>Restore</button>`}</div>
      <p>${readable(version.sentence)}</p>
      <${Difference} now=${linesOf(version, catalogue)} before=${items[n + 1] ? linesOf(items[n + 1], catalogue) : null} />
    </li>`)}</ol>
    <${More} pages=${pages} />
  <//></div>`;
}

function Difference({ now, before }) {
  if (!before) return null;
  const gone = before.filter((line) => !now.includes(line));
  const fresh = now.filter((line) => !before.includes(line));
  if (!gone.length && !fresh.length) return html`<p class="quiet">The same as the version before.</p>`;
  return html`<ul class="difference" aria-label="What changed">
    ${gone.map((line) => html`<li key=${`-${line}`} data-tone="bad"><span aria-hidden="true">−</span><span class="unseen">Removed: </span><span>${line}</span></li>`)}
    ${fresh.map((line) => html`<li key=${`+${line}`} data-tone="good"><span aria-hidden="true">+</span><span class="unseen">Added: </span><span>${line}</span></li>`)}
  </ul>`;
}
