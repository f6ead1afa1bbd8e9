// Addresses: /app/<view>[/<id>]?<filters>. Links are plain <a>; the browser's history is the only state.

import { useEffect, useState } from "./html.js";

const listeners = new Set();

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

/** Goes to an address; `replace` leaves no step to go back to. */
export function go(href, { replace = false } = {}) {
  if (href === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", href);
  tell();
}

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
    addEventListener("popstate", listener);
    return () => {
      listeners.delete(listener);
      removeEventListener("popstate", listener);
    };
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
    go(anchor.pathname + anchor.search);
  });
}
