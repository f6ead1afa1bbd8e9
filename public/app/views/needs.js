// What needs a person: messages that failed or are in doubt, work that gave up, texts nobody answered, people of whom
// nobody said whether they came.

import { get } from "../core/api.js";
import { useData } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { HOUR, present, startOfDay, when } from "../core/time.js";
import { phone, plural, sentence, state, templateName, why } from "../core/words.js";
import { Answer, Empty } from "../parts/answer.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";

const SHOWN = 20;
const FIRST = 6;
const OVER = 2 * HOUR;

/** Conversations in which what they said last has no answer yet, the longest waiting last. */
async function unanswered(signal) {
  const { items } = await get("/conversations", { view: "open", limit: 50 }, signal);
  return items.filter(({ waiting_since: since }) => since).sort((a, b) => b.waiting_since - a.waiting_since);
}

/** Appointments of the last days that are over, and nobody said whether they came. */
async function unaccounted(signal) {
  const now = present();
  const over = (status) => get("/bookings", { status, starts_from: startOfDay(now, -7), starts_before: now - OVER, limit: SHOWN }, signal);
  const lists = await Promise.all(["scheduled", "confirmed"].map(over));
  return lists.flatMap(({ items }) => items).filter(({ ends_at }) => ends_at < now - OVER);
}

async function load(_path, _query, signal, can) {
  const [failed, unknown, dead, texts, over] = await Promise.all([
    get("/messages", { state: "failed", limit: SHOWN }, signal),
    get("/messages", { state: "unknown", limit: SHOWN }, signal),
    can("jobs:read") ? get("/jobs", { state: "dead", limit: SHOWN }, signal) : { items: [] },
    unanswered(signal),
    can("bookings:write") ? unaccounted(signal) : [],
  ]);
  return [...texts.map(text), ...failed.items.map(message), ...unknown.items.map(message), ...dead.items.map(job), ...over.map(visit)].sort((a, b) => b.at - a.at);
}

const text = (row) => ({ id: row.contact_id, at: row.waiting_since, icon: "messages", tone: "busy", href: link("inbox", row.contact_id), title: row.name || phone(row.phone), what: row.last.direction === "out" ? `You: ${row.last.body}` : row.last.body, kind: "Not answered" });
const message = (row) => ({
  id: row.id, at: row.updated_at, icon: "warn", tone: state("message", row.state)[1], href: link("messages", row.id, { state: row.state }),
  title: row.contact_name || phone(row.address), what: `${templateName(row.template, row.offset_hours)}: ${why(row) || row.detail || "no reason given"}`, kind: state("message", row.state)[0],
});
const visit = (row) => ({ id: row.id, at: row.ends_at, icon: "calendar", tone: "busy", href: link("today", row.id), title: row.contact_name || phone(row.contact_phone) || "No name", what: `${row.service}, ${when(row.starts_at)}`, kind: "Did they come?" });
const job = (row) => ({ id: row.id, at: row.finished_at ?? row.due_at, icon: "jobs", tone: "bad", href: link("jobs", row.id), title: sentence(row.kind), what: row.last_error || row.error_code, kind: `Gave up after ${plural(row.attempts, "try", "tries")}` });

/** `ready`: what is asked for first is there. */
export function Needs({ ready }) {
  const { can } = useSession();
  const [all, setAll] = useState(false);
  const needs = useData(ready ? "needs" : null, { jobs: can("jobs:read") }, (path, query, signal) => load(path, query, signal, can));
  return html`<section class="needs" aria-labelledby="needs">
    <h2 class="section" id="needs">Needs a person ${needs.data?.length > 0 && html`<span class="count">${needs.data.length}</span>`}</h2>
    <${Answer} of=${needs} rows=${3} isEmpty=${!needs.data?.length} empty=${html`<${Empty} title="Nothing is waiting for you">Failed messages, work that gave up and unanswered texts would be here.<//>`}>
      <ul class="rows">${needs.data?.slice(0, all ? undefined : FIRST).map((need) => html`
        <li key=${need.id}><a class="row row-need" data-row href=${need.href} data-tone=${need.tone}>
          <span class="mark" data-tone=${need.tone}><${Icon} name=${need.icon} size=${14} /></span>
          <span class="row-title">${need.title}</span>
          <span class="row-when"><${Time} at=${need.at} relative /></span>
          <span class="row-what"><span class="kind">${need.kind}</span> ${need.what}</span>
        </a></li>`)}</ul>
      ${!all && needs.data?.length > FIRST && html`<button type="button" class="button ghost small needs-more" onClick=${() => setAll(true)}>Show all ${needs.data.length}</button>`}
    <//>
  </section>`;
}
