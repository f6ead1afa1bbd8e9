// The board: everybody in their stage, to be moved by pointer, by key or by menu.

import { get, post } from "../core/api.js";
import { useData } from "../core/data.js";
import { useHopes } from "../core/hopes.js";
import { html, useRef, useState } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { useSession } from "../core/session.js";
import { present } from "../core/time.js";
import { failed } from "../core/toasts.js";
import { phone, provider } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { Pick, Search, Tabs } from "../parts/filters.js";
import { choose } from "../parts/menu.js";
import { anchorOf } from "../parts/task_actions.js";
import { View } from "../parts/view.js";
import { Column } from "./pipeline_column.js";
import { useDrag } from "./pipeline_drag.js";

const SOURCES = ["wix", "manychat", "clicksend", "twilio", "staff"].map((value) => ({ value, label: provider(value) }));

export function Page({ query }) {
  const { can } = useSession();
  const may = can("contacts:write");
  const filter = { q: query.q, tag: query.tag, source: query.source };
  const board = useBoard(filter);
  const tags = useData(board.answer.data ? "/tags" : null);
  const [said, say] = useState("");
  const scroller = useRef(null);

  function move(card, stage, by) {
    if (!may || !stage || stage.key === card.stage) return;
    say(`${card.name} moved to ${stage.label}`);
    board.move(card, stage);
    if (by === "key") requestAnimationFrame(() => anchorOf(card.id).querySelector?.("[data-row]")?.focus());
  }
  const step = (by) => (id) => {
    const card = board.find(id);
    const at = board.stages.findIndex(({ key }) => key === card?.stage);
    const to = board.stages[at + by];
    if (to) move(card, to, "key");
    else if (card) say(`${card.name} is in the ${by > 0 ? "last" : "first"} stage`);
  };
  const menu = (card, by) => choose({
    anchor: anchorOf(card.id), title: `Move ${card.name} to`,
    items: board.stages.map((stage) => ({ label: stage.label, hint: String(stage.count), on: stage.key === card.stage, run: () => move(card, stage, by) })),
  });
  const across = (by) => () => beside(by);
  useKeys([
    { keys: ["["], what: "Move back a stage", row: true, run: step(-1) },
    { keys: ["]"], what: "Move on a stage", row: true, run: step(1) },
    { keys: ["m"], what: "Move to a stage", row: true, run: (id) => may && board.find(id) && menu(board.find(id), "key") },
    { keys: ["h", "ArrowLeft"], what: "The column to the left", run: across(-1) },
    { keys: ["l", "ArrowRight"], what: "The column to the right", run: across(1) },
  ]);
  const drag = useDrag(scroller, may, (id, key) => {
    const card = board.find(id);
    if (card) move(card, board.stages.find((stage) => stage.key === key), "pointer");
  });

  const shown = query.stage ?? board.stages[0]?.key;
  const filters = html`
    <${Search} label="Search name or number" />
    <${Pick} name="tag" label="Tag" options=${(tags.data?.items ?? []).map(({ tag, count }) => ({ value: tag, label: `${tag} (${count})` }))} />
    <${Pick} name="source" label="Source" options=${SOURCES} />`;
  const total = board.stages.reduce((sum, { count }) => sum + count, 0);
  return html`<${View} title="Pipeline" count=${board.answer.data && total} filters=${filters}>
    <${Answer} of=${board.answer} rows=${10}>
      <div class="board-tabs"><${Tabs} name="stage" label="Stage" fallback=${board.stages[0]?.key} options=${board.stages.map(({ key, label, count }) => ({ value: key, label, count }))} targets="stage" /></div>
      <div class="board" ref=${scroller} ...${drag} aria-busy=${board.answer.busy ? "true" : undefined}>
        ${board.stages.map((stage) => html`<${Column} key=${stage.key} stage=${stage} shown=${stage.key === shown} may=${may} onMenu=${menu} more=${() => board.more(stage.key)} filtered=${Object.values(filter).some(Boolean)} />`)}
      </div>
    <//>
    <p class="unseen" aria-live="assertive">${said}</p>
  <//>`;
}

/** The columns with what was just moved laid over them: {answer, stages, find, move, more}. */
function useBoard(filter) {
  const answer = useData("/pipeline", filter);
  const key = JSON.stringify(filter);
  const [rest, setRest] = useState({ key, pages: {} }); // further pages by stage: {items, next}
  const pages = rest.key === key ? rest.pages : {};
  const { over, change } = useHopes(answer.reload);
  const known = answer.data?.stages ?? [];
  const first = known.flatMap(({ items }) => items);
  const seen = new Set(first.map(({ id }) => id));
  const before = new Map();
  for (const card of [...first, ...Object.values(pages).flatMap(({ items }) => items).filter(({ id }) => !seen.has(id))]) before.set(card.id, card);
  const cards = over([...before.values()]).map((card) => (card.name ? card : { ...card, name: phone(card.phone) || "No name" }));
  const stages = known.map((stage) => {
    const items = cards.filter((card) => card.stage === stage.key).sort((a, b) => b.stage_since - a.stage_since || (a.id < b.id ? 1 : -1));
    const gained = items.filter(({ id }) => before.get(id).stage !== stage.key).length;
    const lost = [...before.values()].filter((card) => card.stage === stage.key).length - (items.length - gained);
    const page = pages[stage.key];
    return { ...stage, items, count: stage.count + gained - lost, next: page ? page.next : stage.next, growing: !!page?.busy };
  });

  async function more(name) {
    const { next } = stages.find((stage) => stage.key === name);
    const set = (page) => setRest((was) => ({ key, pages: { ...(was.key === key ? was.pages : {}), [name]: page } }));
    const items = pages[name]?.items ?? [];
    set({ items, next, busy: true });
    try {
      const page = await get(`/pipeline/${name}`, { ...filter, after: next });
      set({ items: [...items, ...page.items], next: page.next });
    } catch (problem) {
      set({ items, next });
      failed(problem);
    }
  }

  const send = (stage) => (row) => post(`/contacts/${row.id}/move`, { stage, version: row.version });
  const move = (card, stage) =>
    change(card, { stage: stage.key, stage_since: present() }, { says: `${card.name}: ${stage.label}`, doing: send(stage.key), back: send(card.stage) });
  return { answer, stages, find: (id) => cards.find((card) => card.id === id), move, more };
}

/** The focus to the column beside, at about the same height. */
function beside(by) {
  const lists = [...document.querySelectorAll(".column")].map((column) => [...column.querySelectorAll("[data-row]")]).filter((rows) => rows.length && rows[0].checkVisibility());
  const at = lists.findIndex((rows) => rows.includes(document.activeElement));
  const rows = lists[at < 0 ? 0 : Math.min(lists.length - 1, Math.max(0, at + by))];
  rows?.[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : lists[at].indexOf(document.activeElement)))]?.focus();
}
