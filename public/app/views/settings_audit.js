// What people changed, newest first.

import { useData, usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { when } from "../core/time.js";
import { sentence } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Time } from "../parts/time.js";

const VIEWS = { contact: "contacts", delivery: "webhooks", job: "jobs" };

export function Audit() {
  const { can } = useSession();
  const pages = usePages("/audit");
  const staff = useData(can("staff:read") ? "/staff" : null, { limit: 200 });
  const names = new Map(staff.data?.items.map(({ id, name }) => [id, name]));
  return html`<${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${html`<${Empty} icon="clock" title="Nothing has been changed yet" />`}>
    <ul class="rows">${pages.items?.map((entry) => html`<li key=${entry.id} class="row row-audit">
      <span class="row-title">${names.get(entry.actor_id) ?? sentence(entry.actor_kind)}</span>
      <span class="row-state">${VIEWS[entry.subject_kind] ? html`<a href=${link(VIEWS[entry.subject_kind], entry.subject_id)}>${sentence(entry.action)}</a>` : sentence(entry.action)}</span>
      <span class="row-what">${said(entry.change, names)}</span>
      <span class="row-when quiet"><${Time} at=${entry.at} /></span>
    </li>`)}</ul>
    <${More} pages=${pages} />
  <//>`;
}

/** A value as people read it: instants by their day and hour, words without underlines. */
function brief(value, name) {
  if (value === null || value === "" || value.length === 0) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Number.isInteger(value) && name.endsWith("_at")) return when(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return /^[a-z]+(_[a-z]+)+$/.test(value) ? value.replaceAll("_", " ") : String(value);
}

/** `{role: ["staff", "admin"]}` -> "Role: staff to admin"; colleagues by their names. */
const said = (change, names) =>
  Object.entries(change).map(([name, value]) => {
    const word = (each) => names.get(each) ?? brief(each, name);
    return `${sentence(name.replace(/_(id|at)$/, ""))}: ${Array.isArray(value) && value.length === 2 && name !== "tags" ? value.map(word).join(" to ") : word(value)}`;
  }).join("; ");
