// What all pages share: building DOM, talking to the sandbox, hearing of changes, showing times.

/** An element: h("p", {class: "x", onclick: f}, "text", child, ...). Text is never parsed as HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon by its path data, drawn on a 24-unit grid. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

export const icons = {
  chat: "M21 12a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 12Z M9 11.5h8 M9 15h5",
  mail: "M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Z M3.5 7.5 12 13l8.5-5.5",
  back: "M15 5l-7 7 7 7",
};

/** One request to the operator's door; throws an Error with the sandbox's own words. */
export async function api(method, path, body) {
  const reply = await fetch(`/_sandbox${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error ?? `HTTP ${reply.status}`);
  return answer;
}

const refreshers = [];
let stream = null;

/**
 * One stream a page, and none while it is hidden: a browser keeps six lines to an address for all its tabs together. Each
 * new stream begins with a change, so a page that is looked at again is up to date.
 */
function listen() {
  stream?.close();
  stream = document.hidden ? null : new EventSource("/_sandbox/live");
  stream?.addEventListener("change", () => refreshers.forEach((run) => run()));
  for (const [event, cut] of [["open", false], ["error", true]]) {
    stream?.addEventListener(event, () => document.documentElement.toggleAttribute("data-cut", cut));
  }
}

/** Runs `refresh` now and after every change, never twice at once. */
export function live(refresh) {
  let running = false, again = false;
  const run = async () => {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      try { await refresh(); } catch (error) { toast(`The sandbox does not answer: ${error.message}`); }
    } while (again);
    running = false;
  };
  refreshers.push(run);
  if (!stream) {
    document.addEventListener("visibilitychange", listen);
    listen();
  }
  return run;
}

let hideToast;
/** A short notice at the bottom. */
export function toast(text) {
  document.querySelector(".toast")?.remove();
  const shown = h("div", { class: "toast", role: "status" }, text);
  document.body.append(shown);
  clearTimeout(hideToast);
  hideToast = setTimeout(() => shown.remove(), 3000);
}

/** Runs an action of the user and shows its failure. */
export const act = (action) => async (event) => {
  event?.preventDefault?.();
  try { await action(event); } catch (error) { toast(error.message); }
};

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const time = (ms) => clockTime.format(ms);
export const full = (ms) => fullTime.format(ms);
export const day = (ms) => longDate.format(ms);
export const sameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();
/** A time for a list: the hour today, else the date. */
export const when = (ms, now) => (sameDay(ms, now) ? time(ms) : shortDate.format(ms));

/** A phone number with breathing space: +61 400 000 001. */
export function phone(number) {
  for (const shape of [/^(\+1)(\d{3})(\d{3})(\d{4})$/, /^(\+61)(4\d\d)(\d{3})(\d{3})$/, /^(\+61)(\d)(\d{4})(\d{4})$/, /^(\+44)(\d{4})(\d{3})(\d{3})$/]) {
    const match = shape.exec(number);
    if (match) return match.slice(1).join(" ");
  }
  return number;
}

/** How far business time is ahead: "+2 d 3 h". */
function ahead(ms) {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor((minutes % 1440) / 60), "h"], [minutes % 60, "min"]];
  const words = parts.filter(([count]) => count).slice(0, 2).map(([count, unit]) => `${count} ${unit}`);
  return `${ms < 0 ? "−" : "+"}${words.join(" ")}`;
}

let offset = 0;
/** Business time now. */
export const now = () => Date.now() + offset;

/** The bar on top of every page. */
export function bar(current) {
  const clock = h("div", { class: "clock" });
  const pages = [["/", "Home"], ["/phone", "Phone"], ["/outbox", "Outbox"], ["/pushes", "Pushes"]];
  document.body.prepend(h("div", { class: "bar" },
    h("a", { class: "brand", href: "/", "aria-label": "Sandbox home" }, icon("M4 9.5 12 4l8 5.5 M5.5 9v10h13V9 M9 19v-6h6v6"), h("span", {}, "Sandbox")),
    h("nav", {}, pages.map(([href, name]) => h("a", { href, "aria-current": href === current ? "page" : null }, name))),
    clock));
  const tick = () => clock.replaceChildren(
    h("time", {}, h("span", {}, `${shortDate.format(now())}, `), time(now())),
    Math.abs(offset) >= 60_000 ? h("b", { title: "Business time is shifted against real time" }, ahead(offset)) : "");
  setInterval(tick, 10_000);
  live(async () => { offset = (await api("GET", "/clock")).offset_ms; tick(); });
}
