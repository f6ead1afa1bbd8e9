// What a view reads: shown from memory at once, asked for again behind it, one page at a time where it is long.
//
// Answers on the screen stay fresh by themselves. Over the live socket (core/live.js) come hints of what was committed;
// each makes stale the answers it concerns (core/topics.js: by the path's first word, and by the contact, booking or
// task in the path or query), and those are asked for again in quiet: `data` stays meanwhile, parts that did not change
// keep their identity, nothing is drawn when nothing changed, `busy` stays false, a failure says nothing. So a view:
//   - does nothing to be live; a path core/topics.js does not know names its topics: useData(path, query, {topics: ["task"]});
//   - keys rows by id, and keeps half-typed text in a state of its own that it does not set anew from `data`;
//   - calls hold() when a drag begins and what it returned when it ends: nothing moves under the hand.

import { get } from "./api.js";
import { hold, merged, show } from "./fresh.js";
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { concerns, topicsOf } from "./topics.js";

export { hold };

const kept = new Map();
const MOST = 60;
const MOST_ITEMS = 1000; // of a long list, asked for again at once
const A_PAGE = 200; // what the API gives at most

const keyOf = (path, query, at) => `${path}?${JSON.stringify(query ?? {})}${at ? "@" : ""}`;

function keep(key, value) {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
}

/** Forgets everything: another person may sign in on this page. */
export const forget = () => kept.clear();

/**
 * The answer of one GET, or `load`'s if given: useData(path, query, load) or useData(path, query, {load, topics, at}).
 * `path` null asks nothing. `at()` gives what is added to the query each time it is asked, for what goes by the clock.
 * @returns {{data: any, error: Error|null, busy: boolean, reload: () => Promise<void>, set: (data: any) => void}}
 */
export function useData(path, query, how = {}) {
  const { load = get, topics, at } = typeof how === "function" ? { load: how } : how;
  const key = path && keyOf(path, query, at);
  const [state, setState] = useState({ key, data: key ? kept.get(key) : undefined, error: null, busy: !!key });
  const running = useRef(null);
  const wanted = useRef(key);
  wanted.current = key;
  const ask = useCallback(
    async (quiet) => {
      if (quiet && running.current) await running.current.over; // it may have been asked before what we heard of
      // Whoever kept an earlier `reload` must not end what is asked for now.
      if (!key || wanted.current !== key) return true;
      if (!quiet) running.current?.abort();
      const mine = new AbortController();
      const { promise, resolve } = withResolver();
      mine.over = promise;
      running.current = mine;
      if (!quiet) setState({ key, data: kept.get(key), error: null, busy: true });
      try {
        const data = merged(kept.get(key), await load(path, { ...query, ...at?.() }, mine.signal));
        if (mine.signal.aborted) return true;
        keep(key, data);
        if (wanted.current === key) setState((was) => (was.key === key && was.data === data && !was.busy && !was.error ? was : { key, data, error: null, busy: false }));
      } catch (error) {
        if (mine.signal.aborted) return true;
        if (quiet && kept.has(key)) return ![0, 429].includes(error.status) && !(error.status >= 500);
        setState({ key, data: kept.get(key), error, busy: false });
      } finally {
        if (running.current === mine) running.current = null;
        resolve();
      }
      return true;
    },
    [key],
  );
  const reload = useCallback(() => ask(false), [ask]);
  useEffect(() => {
    reload();
    if (!key) return undefined;
    const hide = show((hint) => concerns(hint, path, query, topics ?? topicsOf(path)), () => ask(true));
    return () => {
      hide();
      running.current?.abort();
      running.current = null;
    };
  }, [reload]);
  const set = (data) => {
    keep(key, data);
    setState({ key, data, error: null, busy: false });
  };
  const current = state.key === key ? state : { data: key ? kept.get(key) : undefined, error: null, busy: !!key };
  return { ...current, reload, set };
}

function withResolver() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

/** A list by cursor. `more()` appends the next page; `next` is null when there is none. Asked again, it stays as long. */
export function usePages(path, query, { topics, at } = {}) {
  const key = path && keyOf(path, query, at);
  const pages = useData(path, query, { load: asLongAs(key), topics, at });
  const [growth, setGrowth] = useState({ key, busy: false, error: null });
  const mine = growth.key === key ? growth : { busy: false, error: null };
  async function more() {
    const was = kept.get(key) ?? pages.data;
    if (!was?.next || mine.busy) return;
    setGrowth({ key, busy: true, error: null });
    try {
      const page = await get(path, { ...query, ...at?.(), after: was.next });
      const now = kept.get(key) ?? was; // it may have been asked for again meanwhile
      const here = new Set(now.items.map(({ id }) => id));
      pages.set({ ...now, items: [...now.items, ...page.items.filter(({ id }) => id === undefined || !here.has(id))], next: page.next });
      setGrowth({ key, busy: false, error: null });
      if (now !== was) await pages.reload(); // rows may have slipped between the two
    } catch (error) {
      setGrowth({ key, busy: false, error });
    }
  }
  return { ...pages, items: pages.data?.items, next: pages.data?.next ?? null, more, growing: mine.busy, stuck: mine.error };
}

/** Loads as many rows of a list as are on the screen, so that it neither shrinks nor jumps. */
const asLongAs = (key) => async (path, query, signal) => {
  const shown = Math.min(kept.get(key)?.items?.length ?? 0, MOST_ITEMS);
  const first = await get(path, query, signal);
  const all = { ...first, items: [...first.items] };
  while (all.next && all.items.length < shown) {
    const limit = Math.min(A_PAGE, shown - all.items.length);
    const page = await get(path, { ...query, limit, after: all.next }, signal);
    all.items.push(...page.items);
    all.next = page.next;
  }
  return all;
};

/** `value`, once it has not changed for `ms`. */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
