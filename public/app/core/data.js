// What a view reads: shown from memory at once, asked for again behind it, one page at a time where it is long.

import { get } from "./api.js";
import { useCallback, useEffect, useRef, useState } from "./html.js";

const kept = new Map();
const MOST = 60;

const keyOf = (path, query) => `${path}?${JSON.stringify(query ?? {})}`;

function keep(key, value) {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
}

/** Forgets everything: another person may sign in on this page. */
export const forget = () => kept.clear();

/**
 * The answer of one GET, or `load`'s if given. `path` null asks nothing.
 * @returns {{data: any, error: Error|null, busy: boolean, reload: () => Promise<void>, set: (data: any) => void}}
 */
export function useData(path, query, load = get) {
  const key = path && keyOf(path, query);
  const [state, setState] = useState({ key, data: key ? kept.get(key) : undefined, error: null, busy: !!key });
  const running = useRef(null);
  const reload = useCallback(async () => {
    running.current?.abort();
    if (!key) return;
    const mine = (running.current = new AbortController());
    setState({ key, data: kept.get(key), error: null, busy: true });
    try {
      const data = await load(path, query, mine.signal);
      if (mine.signal.aborted) return;
      keep(key, data);
      setState({ key, data, error: null, busy: false });
    } catch (error) {
      if (!mine.signal.aborted) setState({ key, data: kept.get(key), error, busy: false });
    }
  }, [key]);
  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);
  const set = (data) => {
    keep(key, data);
    setState({ key, data, error: null, busy: false });
  };
  const current = state.key === key ? state : { data: key ? kept.get(key) : undefined, error: null, busy: !!key };
  return { ...current, reload, set };
}

/** A list by cursor. `more()` appends the next page; `next` is null when there is none. */
export function usePages(path, query) {
  const first = useData(path, query);
  const key = path && keyOf(path, query);
  const [rest, setRest] = useState({ key, of: null, items: [], next: undefined, busy: false, error: null });
  const mine = rest.key === key && rest.of === first.data ? rest : { items: [], next: undefined };
  const next = mine.next === undefined ? (first.data?.next ?? null) : mine.next;
  async function more() {
    if (!next || mine.busy) return;
    const base = { key, of: first.data, items: mine.items, next: mine.next };
    setRest({ ...base, busy: true, error: null });
    try {
      const page = await get(path, { ...query, after: next });
      setRest({ ...base, items: [...mine.items, ...page.items], next: page.next, busy: false, error: null });
    } catch (error) {
      setRest({ ...base, busy: false, error });
    }
  }
  const items = first.data ? [...first.data.items, ...mine.items] : undefined;
  return { ...first, items, next, more, growing: !!mine.busy, stuck: mine.error ?? null };
}

/** `value`, once it has not changed for `ms`. */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
