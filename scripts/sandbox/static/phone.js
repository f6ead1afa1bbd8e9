// The simulated phone: conversations by number, replies as the customer, delivery states.
import { act, api, bar, day, full, h, icon, icons, live, now, phone, sameDay, time, toast, when } from "/static/common.js";

const $ = (id) => document.getElementById(id);
const QUICK = ["Yes", "STOP", "START", "HELP"];
const STATES = { sent: "Sent", delivered: "Delivered", failed: "Not delivered", received: "Sent" };

let heads = { items: [], numbers: [] };
let known = false; // whether the conversations have been loaded
let open = null; // {customer, business}
let texts = [];
let calls = new Map(); // message id -> the callbacks about it
let expanded = null; // id of the text whose details are shown
const drafts = new Map();
const read = JSON.parse(localStorage.getItem("read") ?? "{}");

/** A made-up mobile number in the country of the business. */
function stranger(business) {
  const [prefix, digits] = business.startsWith("+1") ? ["+13125550", 3] : ["+61491570", 3];
  return prefix + String(Math.floor(Math.random() * 10 ** digits)).padStart(digits, "0");
}

const keyOf = (it) => `${it.customer}|${it.business}`;
const labelOf = (number) => heads.items.find((head) => head.business === number)?.label
  ?? heads.numbers.find((entry) => entry.number === number)?.label ?? number;
const initials = (name) => name.replace(/[^\p{L}\p{N} ]/gu, "").split(/\s+/).slice(0, 2).map((word) => word[0]).join("").toUpperCase() || "#";

function fromHash() {
  const [customer, business] = decodeURIComponent(location.hash.slice(1)).split("|");
  open = customer && business ? { customer, business } : null;
  expanded = null;
  texts = [];
  $("panes").classList.toggle("open", open !== null);
}

function select(customer, business) {
  location.hash = encodeURIComponent(`${customer}|${business}`);
}

function showConversations() {
  $("conversations").replaceChildren(...heads.items.map((head) => {
    const current = open && keyOf(open) === keyOf(head);
    const unread = !current && head.direction === "out" && (read[keyOf(head)] ?? 0) < head.seq;
    return h("button", { class: `item${unread ? " unread" : ""}`, "aria-current": current ? "true" : null, onclick: () => select(head.customer, head.business) },
      h("div", { class: "top" }, h("span", { class: "who" }, phone(head.customer)), h("time", {}, when(head.at_ms, now()))),
      h("span", { class: "about" }, `${head.label} · ${head.count} ${head.count === 1 ? "text" : "texts"}`),
      h("span", { class: "about last-words" }, `${head.direction === "in" ? "You: " : ""}${head.body}`));
  }));
  if (!heads.items.length) $("conversations").append(h("div", { class: "empty" }, h("strong", {}, "No texts yet"), "They appear here the moment a business sends one."));
  $("start").disabled = !heads.numbers.length;
  $("start").title = heads.numbers.length ? "" : "No account has a number yet";
}

function heard(state, answer) {
  if (state === "delivered") return "Heard by the business";
  if (state === "failed") return h("span", { class: "bad" }, answer?.status ? `The webhook answered ${answer.status}` : "The webhook did not answer");
  return state === "lost" ? h("span", { class: "bad" }, "Lost on the way") : "On its way";
}

function stateLine(text) {
  const parts = [time(text.at_ms)];
  if (text.direction === "in") {
    const call = (calls.get(text.id) ?? []).at(-1);
    const answer = call?.attempts.at(-1);
    if (call) parts.push(heard(call.state, answer));
  } else {
    parts.push(text.state === "failed" ? h("span", { class: "bad" }, STATES.failed) : STATES[text.state]);
  }
  const line = h("div", { class: "state" }, parts.map((part, index) => h("span", {}, index ? "· " : "", part)));
  if (text.direction === "out" && text.state === "sent") {
    const receipt = (code) => act(() => text.provider === "twilio"
      ? api("POST", `/twilio/messages/${text.id}/status`, { status: code === 201 ? "delivered" : "undelivered" })
      : api("POST", `/clicksend/messages/${text.id}/receipt`, { status_code: code }));
    line.append(h("button", { onclick: receipt(201) }, "Deliver"), h("button", { class: "danger", onclick: receipt(301) }, "Fail"));
  }
  return line;
}

function details(text) {
  const rows = [["Time", full(text.at_ms)], ["From", text.direction === "out" ? text.business : text.customer], ["To", text.direction === "out" ? text.customer : text.business],
    ["Message id", text.id], ["Custom string", text.custom_string || "none"], ["Parts", text.parts], ["Receipt", text.status_text ?? "none yet"]];
  if (text.direction === "in") rows[6] = ["Reply to", text.original_id || "nothing"];
  for (const call of calls.get(text.id) ?? []) {
    rows.push(["Webhook", `${call.event}: ` + (call.attempts.map((attempt) => `${attempt.status ?? attempt.error} (${attempt.duration_ms} ms)`).join(", ") || call.state)]);
  }
  return h("dl", { class: "details" }, rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: /id|string|Reply/.test(name) ? "mono" : "" }, String(value))]));
}

function showTexts(seen) {
  const list = document.querySelector(".texts");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const children = [];
  texts.forEach((text, index) => {
    const before = texts[index - 1], after = texts[index + 1];
    if (!before || !sameDay(before.at_ms, text.at_ms)) children.push(h("li", { class: "day" }, day(text.at_ms)));
    const last = !after || after.direction !== text.direction || after.at_ms - text.at_ms > 300_000;
    const classes = ["text", text.direction, last && "last", before && before.direction !== text.direction && "turn", text.state === "failed" && "failed", seen && text.seq > seen && "new"];
    children.push(h("li", { class: classes.filter(Boolean).join(" ") },
      h("button", { class: "bubble", "aria-expanded": String(expanded === text.id), onclick: () => { if (getSelection().isCollapsed) { expanded = expanded === text.id ? null : text.id; showTexts(0); } } }, text.body),
      last || text.state === "sent" || text.state === "failed" || expanded === text.id ? stateLine(text) : null,
      expanded === text.id ? details(text) : null));
  });
  list.firstElementChild.replaceChildren(...children);
  if (atEnd || !seen) if (expanded === null) list.scrollTop = list.scrollHeight;
}

function showThread() {
  if (!open || !known) {
    $("thread").replaceChildren(h("div", { class: "empty" }, icon(icons.chat), h("strong", {}, open ? "One moment" : "Pick a conversation"), open ? "" : "You are the customer here. What you write reaches the business as a real reply would."));
    return;
  }
  const { customer, business } = open, label = labelOf(business);
  const input = h("textarea", { rows: "1", placeholder: "Reply as the customer", "aria-label": "Reply as the customer" });
  input.value = drafts.get(keyOf(open)) ?? "";
  input.addEventListener("input", () => drafts.set(keyOf({ customer, business }), input.value));
  const send = async (body) => {
    if (!body.trim()) return;
    await api("POST", `/phone/${encodeURIComponent(customer)}/reply`, { body, business });
  };
  const submit = act(async () => { await send(input.value); input.value = ""; drafts.delete(keyOf({ customer, business })); input.focus(); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event); });
  const owned = heads.numbers.some((entry) => entry.number === business);
  $("thread").replaceChildren(
    h("header", {}, h("button", { class: "back", "aria-label": "All conversations", onclick: () => { location.hash = ""; } }, icon(icons.back)),
      h("div", { class: "avatar", "aria-hidden": "true" }, initials(label)),
      h("div", {}, h("h2", {}, label), h("p", {}, `${phone(business)} to ${phone(customer)}`))),
    h("div", { class: "texts", tabindex: "0", "aria-live": "polite" }, h("ol")),
    owned ? h("div", { class: "compose" },
      h("div", { class: "chips" }, QUICK.map((word) => h("button", { onclick: act(() => send(word)) }, word))),
      h("form", { onsubmit: submit }, input, h("button", { class: "primary" }, "Send"))) : h("div", { class: "compose" }, h("div", { class: "state" }, "This sender cannot be answered.")));
}

async function refresh() {
  heads = await api("GET", "/phone");
  known = true;
  if (open) {
    const { customer, business } = open;
    const [thread, log] = await Promise.all([
      api("GET", `/phone/${encodeURIComponent(customer)}/messages?business=${encodeURIComponent(business)}`),
      api("GET", "/callbacks?limit=300")]);
    if (!open || open.customer !== customer || open.business !== business) return;
    if (!document.querySelector(".texts")) showThread();
    const seen = texts.at(-1)?.seq ?? 0;
    texts = thread.items;
    calls = Map.groupBy ? Map.groupBy(log.items, (call) => call.subject) : log.items.reduce((map, call) => map.set(call.subject, [...(map.get(call.subject) ?? []), call]), new Map());
    read[keyOf(open)] = texts.at(-1)?.seq ?? 0;
    localStorage.setItem("read", JSON.stringify(read));
    showTexts(seen);
  }
  showConversations();
}

bar("/phone");
fromHash();
showThread();
const run = live(refresh);
addEventListener("hashchange", () => { fromHash(); showThread(); run(); });
$("start").addEventListener("click", () => {
  const form = $("new");
  form.business.replaceChildren(...heads.numbers.map((entry) => h("option", { value: entry.number }, `${entry.label} (${phone(entry.number)})`)));
  form.customer.value = stranger(heads.numbers[0].number);
  $("dialog").showModal();
  form.body.focus();
});
$("never-mind").addEventListener("click", () => $("dialog").close());
$("new").addEventListener("submit", act(async () => {
  const { customer, business, body } = $("new");
  await api("POST", `/phone/${encodeURIComponent(customer.value)}/reply`, { body: body.value, business: business.value });
  $("dialog").close();
  select(customer.value, business.value);
  body.value = "";
  toast("Sent");
}));
