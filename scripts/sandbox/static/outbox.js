// The outbox: e-mails as they were sent, their codes, and what became of them.
import { act, api, bar, full, h, icon, icons, live, now, time, toast, when } from "/static/common.js";

const $ = (id) => document.getElementById(id);
const STATES = { queued: "", sent: "", delivered: "good", opened: "good", clicked: "good", bounced: "bad", failed: "bad", suppressed: "bad", complained: "warn", delivery_delayed: "warn" };
const EVENTS = [["email.delivered", "Deliver"], ["email.opened", "Open"], ["email.delivery_delayed", "Delay"], ["email.bounced", "Bounce"], ["email.complained", "Mark as spam"]];

let emails = [];
let open = "";
let shown = null; // what the pane holds now: re-drawn only when it changes, so a reader is not disturbed
let tab = null;

const badge = (state) => h("span", { class: `badge ${STATES[state] ?? ""}` }, state.replace("_", " "));
const nameOf = (address) => address.replace(/\s*<.*>$/, "").replaceAll('"', "") || address;

async function copy(code) {
  try { await navigator.clipboard.writeText(code); toast(`${code} copied`); } catch { toast(code); }
}

function showList() {
  const wanted = $("search").value.toLowerCase();
  const found = emails.filter((email) => `${email.to} ${email.from} ${email.subject}`.toLowerCase().includes(wanted)).reverse();
  $("emails").replaceChildren(...found.map((email) => h("button", { class: "item", "aria-current": email.id === open ? "true" : null, onclick: () => { location.hash = email.id; } },
    h("div", { class: "top" }, h("span", { class: "who" }, email.to.join(", ")), h("time", {}, when(email.at_ms, now()))),
    h("div", { class: "row" }, h("span", { class: "subject" }, email.subject), badge(email.state)),
    h("span", { class: "about" }, email.codes.length ? `Code ${email.codes[0]}` : nameOf(email.from)))));
  if (!found.length) $("emails").append(h("div", { class: "empty" }, h("strong", {}, emails.length ? "Nothing matches" : "No e-mail yet"), emails.length ? "" : "Sign in somewhere: the code appears here."));
}

function bodyOf(email) {
  if (tab === "html") return h("iframe", { title: "The e-mail as rendered", sandbox: "allow-popups allow-popups-to-escape-sandbox", srcdoc: `<base target="_blank">${email.html}` });
  if (tab === "text") return h("pre", {}, email.text ?? "");
  const { html, text, codes, seq, ...rest } = email;
  return h("pre", {}, JSON.stringify(rest, null, 2));
}

function showMail(email, log) {
  const version = JSON.stringify([email, tab, log]);
  if (version === shown) return;
  shown = version;
  const tabs = [["html", "HTML", email.html], ["text", "Text", email.text], ["raw", "Details", true]].filter(([, , there]) => there);
  if (!tabs.some(([id]) => id === tab)) tab = tabs[0][0];
  const frame = document.querySelector(".body");
  const keep = frame?.dataset.of === `${email.id}${tab}` && tab !== "raw" ? frame : null;
  const facts = [["To", email.to.join(", ")], ["From", email.from], ["Sent", full(email.at_ms)], ...(email.cc.length ? [["Cc", email.cc.join(", ")]] : []), ...(email.reply_to.length ? [["Reply to", email.reply_to.join(", ")]] : [])];
  $("mail").replaceChildren(h("article", { class: "mail" },
    h("button", { class: "back", onclick: () => { location.hash = ""; } }, icon(icons.back), "Outbox"),
    h("div", { class: "head" }, h("h2", {}, email.subject), badge(email.state)),
    email.codes.length ? h("div", { class: "codes" }, [...new Set(email.codes)].map((code) => h("button", { class: "code", onclick: () => copy(code) }, h("b", {}, code), h("span", {}, "Copy")))) : null,
    h("dl", { class: "facts" }, facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("div", {}, h("div", { class: "tabs", role: "tablist" }, tabs.map(([id, name]) => h("button", { role: "tab", "aria-selected": String(id === tab), onclick: () => { tab = id; showMail(email, log); } }, name)))),
    keep ?? h("div", { class: "body", "data-of": `${email.id}${tab}` }, bodyOf(email)),
    h("div", { class: "happen" }, h("span", {}, "Let it"), EVENTS.map(([type, name]) => h("button", { class: /bounce|compl/.test(type) ? "danger" : "", onclick: act(() => api("POST", `/emails/${email.id}/event`, { type })) }, name))),
    log.length ? h("ul", { class: "log", "aria-label": "Events sent to the business" }, log.map((call) => h("li", {}, h("span", { class: "mono" }, call.event), call.forged ? h("span", { class: "badge bad" }, "forged") : null,
      h("span", { class: `badge ${call.state === "delivered" ? "good" : call.state === "failed" ? "bad" : "warn"}` }, call.state),
      h("span", { class: "answer" }, [time(call.at_ms), ...call.attempts.map((attempt) => `${attempt.status ?? attempt.error} in ${attempt.duration_ms} ms`)].join(" · "))))) : null));
}

async function refresh() {
  emails = (await api("GET", "/emails?limit=300")).items;
  showList();
  const email = emails.find((one) => one.id === open);
  $("panes").classList.toggle("open", Boolean(email));
  if (email) {
    showMail(email, (await api("GET", `/callbacks?subject=${email.id}&limit=50`)).items);
  } else {
    shown = null;
    $("mail").replaceChildren(h("div", { class: "empty" }, icon(icons.mail), h("strong", {}, emails.length ? "Pick an e-mail" : "The outbox is empty"), "Every message the Worker sends through Resend is kept here."));
  }
}

bar("/outbox");
open = location.hash.slice(1);
const run = live(refresh);
addEventListener("hashchange", () => { open = location.hash.slice(1); tab = null; run(); });
$("search").addEventListener("input", showList);
