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
const DAYS = 7; // for so long what went wrong stands here; then it is in its list alone

/** Conversations in which what they said last has no answer yet. */
async function unanswered(signal) {
  const { items, next } = await get("/conversations", { view: "open", limit: 50 }, signal);
  return { items: items.filter(({ waiting_since: since }) => since), next };
}

/** Messages of the last days that ended so. */
async function ended(state, signal) {
  const { items, next } = await get("/messages", { state, limit: SHOWN }, signal);
  const lately = items.filter(({ due_at: due }) => due >= startOfDay(present(), -DAYS));
  return { items: lately, next: lately.length === items.length ? next : null };
}

/** Appointments of the last days that are over, and nobody said whether they came. */
async function unaccounted(signal) {
  const now = present();
  const over = (status) => get("/bookings", { status, starts_from: startOfDay(now, -DAYS), starts_before: now - OVER, limit: SHOWN }, signal);
  const lists = await Promise.all(["scheduled", "confirmed"].map(over));
  return { items: lists.flatMap(({ items }) => items).filter(({ ends_at }) => ends_at < now - OVER), next: lists.some(({ next }) => next) };
}

const NONE = { items: [], next: null };

/** {items, more}: the latest first; whether there are others behind them. */
async function load(_path, _query, signal, can) {
  const lists = await Promise.all([
    unanswered(signal),
    ended("failed", signal),
    ended("unknown", signal),
    can("jobs:read") ? get("/jobs", { state: "dead", limit: SHOWN }, signal) : NONE,
    can("bookings:write") ? unaccounted(signal) : NONE,
  ]);
  const rows = [text, message, message, job, visit].flatMap((row, n) => lists[n].items.map(row));
  return { items: rows.sort((a, b) => b.at - a.at), more: lists.some(({ next }) => next) };
}

const text = (row) => ({ id: row.contact_id, at: row.waiting_since, icon: "messages", tone: "busy", href: link("inbox", row.contact_id), title: row.name || phone(row.phone), what: row.last.direction === "out" ? `Since then we sent: ${row.last.body}` : row.last.body, kind: "Not answered" });
const message = (row) => ({
  id: row.id, at: row.updated_at, icon: "warn", tone: state("message", row.state)[1], href: link("messages", row.id, { state: row.state }),
  title: row.contact_name || phone(row.address), what: `${templateName(row.template, row.offset_hours)}: ${why(row) || "no reason given"}`, kind: state("message", row.state)[0],
});
const visit = (row) => ({ id: row.id, at: row.ends_at, icon: "calendar", tone: "busy", href: link("today", row.id), title: row.contact_name || phone(row.contact_phone) || "No name", what: `${row.service}, ${when(row.starts_at)}`, kind: "Did they come?" });
const job = (row) => ({ id: row.id, at: row.finished_at ?? row.due_at, icon: "jobs", tone: "bad", href: link("jobs", row.id), title: sentence(row.kind), what: row.last_error || row.error_code, kind: `Gave up after ${plural(row.attempts, "try", "tries")}` });

/** `ready`: what is asked for first is there. */
export function Needs({ ready }) {
  const { can } = useSession();
  const [all, setAll] = useState(false);
  const needs = useData(ready ? "needs" : null, { jobs: can("jobs:read") }, (path, query, signal) => load(path, query, signal, can));
  const { items = [], more } = needs.data ?? {};
  const count = `${items.length}${more ? "+" : ""}`;
  return html`<section class="needs" aria-labelledby="needs">
    <h2 class="section" id="needs">Needs a person ${items.length > 0 && html`<span class="count">${count}</span>`}</h2>
    <${Answer} of=${needs} rows=${3} isEmpty=${!items.length} empty=${html`<${Empty} title="Nothing is waiting for you">Failed messages, work that gave up and unanswered texts would be here.<//>`}>
      <ul class="rows">${items.slice(0, all ? undefined : FIRST).map((need) => html`
        <li key=${need.id}><a class="row row-need" data-row href=${need.href} data-tone=${need.tone}>
          <span class="mark" data-tone=${need.tone}><${Icon} name=${need.icon} size=${14} /></span>
          <span class="row-title">${need.title}</span>
          <span class="row-when"><${Time} at=${need.at} relative /></span>
          <span class="row-what"><span class="kind">${need.kind}</span> ${need.what}</span>
        </a></li>`)}</ul>
      ${!all && items.length > FIRST && html`<button type="button" class="button ghost small needs-more" onClick=${() => setAll(true)}>${more ? "Show" : "Show all"} ${items.length}</button>`}
    <//>
  </section>`;
}
