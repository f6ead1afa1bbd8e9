// Addresses: /app/<view>[/<id>]?<filters>. Links are plain <a>; the browser's history is the only state. Whoever goes
// back finds the list where it was left: its place on the screen, and the row that had the focus.

import { useEffect, useState } from "./html.js";

const listeners = new Set();
const spots = new Map(); // by entry of the history: {top, row}
const FRAMES = 30; // for the rows to be there again
let count = 0;
const newEntry = () => `${performance.timeOrigin}/${++count}`;
let entry = history.state?.entry ?? newEntry();
if (!history.state?.entry) history.replaceState({ entry }, "");

/** What cannot be decoded was not made by us; it names nothing. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where we are: path segments behind /app, and the query. */
function place() {
  const parts = location.pathname.replace(/^\/app\/?/, "").split("/").filter(Boolean).map(decoded);
  return { view: parts[0] ?? "", id: parts[1] ?? null, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

const tell = () => listeners.forEach((listener) => listener());

const address = () => location.pathname + location.search;

/** Goes to an address; `replace` leaves no step to go back to. */
export function go(href, { replace = false } = {}) {
  const from = address();
  if (href === from) return;
  if (replace) history.replaceState(history.state, "", href);
  else {
    keepSpot();
    entry = newEntry();
    history.pushState({ entry, from }, "", href);
  }
  tell();
}

/**
 * Closes what is open: back to `href`, which for a `page` of its own may have been filtered, and with `wherever` to
 * the page one came from.
 */
export function leave(href, { page = false, wherever = false } = {}) {
  const { from } = history.state ?? {};
  if (from && (wherever || from === href || (page && from.split("?")[0] === href))) return history.back();
  keepSpot();
  const spot = spots.get(entry);
  go(href);
  showSpot(spot);
}

const rows = () => [...document.querySelectorAll("[data-row]")];

function keepSpot() {
  const row = document.activeElement?.closest("[data-row]") ?? document.querySelector('[data-row][aria-current="true"]');
  spots.set(entry, { top: document.querySelector(".body")?.scrollTop ?? 0, row: row?.getAttribute("href") });
}

function showSpot(spot, frames = FRAMES) {
  if (!spot) return;
  requestAnimationFrame(() => {
    const row = spot.row && rows().find((each) => each.getAttribute("href") === spot.row);
    if (spot.row && !row && frames) return showSpot(spot, frames - 1);
    document.querySelector(".body")?.scrollTo({ top: spot.top });
    if ([document.body, document.activeElement?.closest("main")].includes(document.activeElement)) row?.focus({ preventScroll: true });
  });
}

addEventListener("popstate", () => {
  keepSpot();
  entry = history.state?.entry ?? newEntry();
  tell();
  showSpot(spots.get(entry));
});

/** An address of ours: `link("contacts", id, {stage: "lead"})`; blanks are left out. */
export function link(view, id, query = {}) {
  const path = ["/app", view, ...(id ? [encodeURIComponent(id)] : [])].join("/");
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** This address with some of its query changed. */
export function withQuery(changes) {
  const { view, id, query } = place();
  return link(view, id, { ...query, ...changes });
}

export function usePlace() {
  const [here, setHere] = useState(place);
  useEffect(() => {
    const listener = () => setHere(place());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return here;
}

/** Turns plain clicks on our links into steps within the page. */
export function followLinks() {
  addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = event.target.closest?.("a[href]");
    if (!anchor || anchor.target || anchor.origin !== location.origin || !anchor.pathname.startsWith("/app/")) return;
    event.preventDefault();
    const href = anchor.pathname + anchor.search;
    if (anchor.hash) document.querySelector(anchor.hash)?.focus();
    else if (anchor.dataset.close === undefined) go(href);
    else leave(href, { page: anchor.dataset.close === "page", wherever: anchor.dataset.close === "back" });
  });
}
