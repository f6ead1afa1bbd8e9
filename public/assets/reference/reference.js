// The API's reference, made from /api/openapi.json: contents on the left, one section for each operation.
import { code, h, json, prose } from "./dom.js";
import { example, field, fields, typeOf, use } from "./schema.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const TITLES = { auth: "Sign-in and staff", tenants: "Settings", spine: "Log, events and jobs", messaging: "Messages and templates" };
const nav = document.getElementById("contents");
const main = document.getElementById("content");

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const titleOf = (tag) => TITLES[tag] ?? capital(tag);

/** Operations by tag, in the document's order. */
function grouped(document) {
  const groups = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((each) => item[each])) {
      const operation = { ...item[method], method, path };
      const tag = operation.tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  }
  return groups;
}

const badge = (method) => h("span", { class: `method ${method}` }, method.toUpperCase());

function path(text) {
  return h("code", { class: "path" }, text.split(/({\w+})/).map((part) => part.startsWith("{") ? h("em", {}, part) : part));
}

function bodyOf(operation) {
  return operation.requestBody?.content?.["application/json"]?.schema;
}

function answerOf(operation) {
  const [status, answer] = Object.entries(operation.responses).find(([name]) => name.startsWith("2")) ?? [];
  return { status, answer, schema: answer?.content?.["application/json"]?.schema };
}

/** The call as one types it. */
function curl(operation) {
  const lines = [`curl ${operation.method === "get" ? "" : `-X ${operation.method.toUpperCase()} `}${location.origin}${operation.path}`];
  if (operation["x-permission"] !== "public") lines.push(`-H "Authorization: Bearer $TOKEN"`);
  const schema = bodyOf(operation);
  if (schema) lines.push(`-H "Content-Type: application/json"`, `-d '${JSON.stringify(example(schema))}'`);
  return lines.join(" \\\n  ");
}

function parameters(operation, place, title) {
  const found = (operation.parameters ?? []).filter((each) => each.in === place);
  if (!found.length) return null;
  return [h("h4", {}, title), h("ul", { class: "fields" }, found.map((each) =>
    field(each.name, { ...each.schema, description: each.description ?? each.schema.description }, each.required && place !== "path")))];
}

function refusals(operation) {
  const found = Object.entries(operation.responses).filter(([status]) => !status.startsWith("2"));
  return [h("h4", {}, "Refusals"), h("dl", { class: "refusals" }, found.map(([status, answer]) => [h("dt", {}, status), h("dd", {}, answer.description)]))];
}

function section(operation) {
  const { status, schema } = answerOf(operation);
  const body = bodyOf(operation);
  const permission = operation["x-permission"];
  return h("article", { id: operation.operationId, "aria-labelledby": `${operation.operationId}-title` },
    h("div", { class: "about" },
      h("h3", { id: `${operation.operationId}-title` }, h("a", { href: `#${operation.operationId}` }, operation.summary)),
      h("p", { class: "line" }, badge(operation.method), path(operation.path)),
      h("p", { class: "permission" }, permission === "public" ? "Open to everybody" : ["Needs ", h("code", {}, permission)]),
      prose(operation.description),
      parameters(operation, "path", "In the path"), parameters(operation, "query", "In the query"),
      body && [h("h4", {}, "Body"), fields(body)],
      h("h4", {}, `Answer ${status}`), schema ? [h("p", { class: "type" }, typeOf(schema)), h("details", {}, h("summary", {}, "Its fields"), fields(schema))] : h("p", { class: "type" }, "without a body"),
      refusals(operation)),
    h("div", { class: "samples" }, code("Request", curl(operation)), schema && sample(schema)));
}

function sample(schema) {
  const value = example(schema);
  return code("Answer", JSON.stringify(value, null, 2), json(value));
}

function introduction(document) {
  return h("header", { id: "start" }, h("p", { class: "kicker" }, `Version ${document.info.version}`), h("h1", {}, `${document.info.title} API`),
    h("p", { class: "lead" }, "Everything the dashboard does, it does through this API. JSON in, JSON out; times are milliseconds UTC, phone numbers E.164, money in millionths of the currency's unit."),
    h("div", { class: "cards" },
      card("Sign in", "Ask for a code by e-mail, trade it for a session, and send its token: ", h("code", {}, "Authorization: Bearer …"), ". Browsers carry it as a cookie and must say their Origin."),
      card("Lists", "A list answers ", h("code", {}, "items"), " and ", h("code", {}, "next"), ". Send ", h("code", {}, "next"), " back as ", h("code", {}, "after"), "; null is the end."),
      card("Edits", "What can be changed has a ", h("code", {}, "version"), ". Send the one you read; if somebody was quicker, the answer is 409 and nothing was lost."),
      card("Refusals", "Problem details (RFC 9457) with a ", h("code", {}, "code"), " for programs, the fields at fault, and a ", h("code", {}, "trace_id"), " that finds the request in the logs.")),
    h("p", {}, h("a", { href: "/api/openapi.json" }, "The document itself"), " (OpenAPI 3.1) makes clients in any language."));
}

const card = (title, ...words) => h("section", { class: "card" }, h("h2", {}, title), h("p", {}, words));

function contents(groups) {
  const search = h("input", { type: "search", placeholder: "Find an operation", "aria-label": "Find an operation", oninput: () => narrow(search.value) });
  const links = [...groups].map(([tag, operations]) => h("section", {}, h("h2", {}, titleOf(tag)), h("ul", {}, operations.map((operation) =>
    h("li", { "data-words": `${operation.summary} ${operation.method} ${operation.path}`.toLowerCase() }, h("a", { href: `#${operation.operationId}` }, badge(operation.method), h("span", {}, operation.summary)))))));
  const shade = h("button", { type: "button", class: "shade", onclick: () => setShade(document.documentElement.dataset.shade === "dark" ? "light" : "dark") }, "Light or dark");
  const list = h("details", { open: matchMedia("(min-width: 60rem)").matches }, h("summary", {}, "Contents"), search, ...links, shade);
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && !matchMedia("(min-width: 60rem)").matches) list.open = false;
  });
  nav.replaceChildren(h("a", { class: "home", href: "#start" }, "Frontdesk ", h("span", {}, "API")), list);
}

function narrow(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of nav.querySelectorAll("li")) item.hidden = !wanted.every((word) => item.dataset.words.includes(word));
  for (const group of nav.querySelectorAll("section")) group.hidden = !group.querySelector("li:not([hidden])");
}

function setShade(shade) {
  document.documentElement.dataset.shade = shade;
  localStorage.setItem("reference-shade", shade);
}

/** Marks in the contents what is being read. */
function follow() {
  const links = new Map([...nav.querySelectorAll("li a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    const entry = entries.find((each) => each.isIntersecting);
    if (!entry) return;
    nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = links.get(entry.target.id);
    link?.setAttribute("aria-current", "true");
    if (matchMedia("(min-width: 60rem)").matches) link?.scrollIntoView({ block: "nearest" });
  }, { rootMargin: "-10% 0px -75% 0px" });
  for (const article of main.querySelectorAll("article")) seen.observe(article);
}

async function start() {
  const kept = localStorage.getItem("reference-shade");
  setShadeQuietly(kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const reply = await fetch("/api/openapi.json");
  if (!reply.ok) throw new Error(`The document could not be read: ${reply.status}`);
  const document_ = await reply.json();
  use(document_);
  const groups = grouped(document_);
  contents(groups);
  main.replaceChildren(introduction(document_), ...[...groups].map(([tag, operations]) =>
    h("section", { class: "group", id: `group-${tag}` }, h("h2", {}, titleOf(tag)), operations.map(section))));
  follow();
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function setShadeQuietly(shade) {
  document.documentElement.dataset.shade = shade;
}

start().catch((error) => {
  main.replaceChildren(h("div", { class: "wait", role: "alert" }, h("p", {}, error.message), h("button", { type: "button", onclick: () => location.reload() }, "Try again")));
});
