// Home: counts, faults, the log of callbacks, accounts.
import { act, api, bar, h, live, phone, time, toast } from "/static/common.js";

const $ = (id) => document.getElementById(id);
const form = $("fault");
// kind -> [what it says, the field its amount goes to, how the amount is called, a sensible amount]
const ANSWERS = {
  latency: ["Answer slowly", "ms", "Milliseconds", 1500], rate_limit: ["429, try again later", "retry_after_s", "Retry after, seconds", 5],
  error: ["Server error", "status", "HTTP status", 500], hang: ["Never answer", "ms", "Milliseconds", 60000],
  drop: ["Cut the line before accepting"], drop_after_accept: ["Accept, then cut the line"], reject: ["Refuse the message"],
};
const CALLBACKS = {
  duplicate: ["Callback sent twice", "copies", "Copies", 2], reorder: ["Callback arrives after the next one"], delay: ["Callback comes late", "ms", "Milliseconds", 5000],
  lose: ["Callback is lost"], forge: ["Forged twin goes first"], wrong_secret: ["Signed with a wrong secret"],
};
const NAMES = { clicksend: "ClickSend", twilio: "Twilio", manychat: "ManyChat", resend: "Resend", wix: "Wix" };
const KEYS = { clicksend: "username", twilio: "name", manychat: "name", resend: "name", wix: "app_id" };
let accounts = [];

function choices() {
  const provider = form.provider.value, before = form.kind.value;
  const group = (label, kinds) => h("optgroup", { label }, Object.entries(kinds).map(([kind, [name]]) => h("option", { value: kind }, name)));
  form.kind.replaceChildren(...(provider === "wix" ? [] : [group("Its answers", ANSWERS)]), group("Its callbacks", CALLBACKS));
  if ([...form.kind.options].some((option) => option.value === before)) form.kind.value = before;
  amount();
  fillAccounts();
}

function amount() {
  const [, field, label, usual] = ANSWERS[form.kind.value] ?? CALLBACKS[form.kind.value];
  $("amount-label").style.visibility = field ? "visible" : "hidden";
  if (field) { $("amount-label").firstChild.data = label; form.amount.value = usual; }
}

function fillAccounts() {
  const before = form.account.value;
  const mine = accounts.filter((account) => account.provider === form.provider.value);
  form.account.replaceChildren(h("option", { value: "" }, "Any"), ...mine.map((account) => h("option", { value: account.key }, account.label || account.key)));
  if (mine.some((account) => account.key === before)) form.account.value = before;
}

function what(fault) {
  const kind = fault.kind === "drop" && fault.accept ? "drop_after_accept" : fault.kind;
  const [says] = ANSWERS[kind] ?? CALLBACKS[kind];
  return says[0].toLowerCase() + says.slice(1) + (fault.accept && fault.kind !== "drop" ? ", after accepting" : "");
}

function showFaults(faults) {
  $("clear").hidden = !faults.length;
  $("armed").replaceChildren(...faults.map((fault) => h("li", {},
    h("span", {}, h("b", {}, NAMES[fault.provider] ?? fault.provider), `: ${what(fault)}, ${fault.count === null ? "until cleared" : `${fault.count} more`}${fault.account ? `, ${fault.account} only` : ""}${fault.to ? `, to ${fault.to}` : ""}${fault.hits ? ` (${fault.hits} so far)` : ""}`),
    h("button", { class: "quiet", onclick: act(() => api("DELETE", `/faults/${fault.id}`)) }, "Remove"))));
}

function stateBadge(call) {
  return h("span", { class: `badge ${call.state === "delivered" ? "good" : call.state === "failed" || call.state === "lost" ? "bad" : "warn"}` }, call.state);
}

function request(call) {
  const headers = Object.entries(JSON.parse(call.attempts.at(-1)?.headers ?? "{}"));
  return [`${call.method} ${call.url}`, ...headers.map(([name, value]) => `${name}: ${value}`), "", call.body].join("\n");
}

function showLog(calls) {
  const opened = new Set([...$("log").querySelectorAll("details[open]")].map((one) => one.dataset.seq));
  $("log").replaceChildren(h("thead", {}, h("tr", {}, ["Time", "From", "Event", "State", "Answers"].map((name) => h("th", {}, name)))),
    h("tbody", {}, calls.reverse().map((call) => h("tr", {}, h("td", { class: "nowrap" }, time(call.at_ms)), h("td", {}, `${NAMES[call.provider]} `, h("span", { class: "mono" }, call.account)),
      h("td", { class: "nowrap" }, call.event, call.forged ? [" ", h("span", { class: "badge bad" }, "forged")] : null), h("td", { class: "nowrap" }, stateBadge(call)),
      h("td", {}, h("details", { "data-seq": String(call.seq), open: opened.has(String(call.seq)) }, h("summary", {}, call.attempts.map((attempt) => `${attempt.status ?? attempt.error} in ${attempt.duration_ms} ms`).join(", ") || "none yet"), h("pre", {}, request(call))))))));
  if (!calls.length) $("log").append(h("tbody", {}, h("tr", {}, h("td", { class: "nothing", colspan: "5" }, "Nothing was sent to the Worker yet."))));
}

function showAccounts() {
  const about = (account) => account.numbers ? account.numbers.map(phone).join(", ") || "no numbers" : account.provider === "manychat" ? `page ${account.page_id}` : account.provider === "resend" ? account.domains.join(", ") || "any domain" : Object.keys(account.sites).join(", ") || "no sites";
  const where = (account) => account.numbers ? account.inbound_url : account.webhook_url !== undefined ? account.webhook_url : Object.values(account.sites).join(", ");
  $("accounts").replaceChildren(h("thead", {}, h("tr", {}, ["Provider", "Account", "Has", "Calls"].map((name) => h("th", {}, name)))),
    h("tbody", {}, accounts.map((account) => h("tr", {}, h("td", {}, NAMES[account.provider]), h("td", { class: "mono" }, account.key), h("td", {}, about(account)), h("td", { class: "mono" }, where(account) || "nobody")))));
  if (!accounts.length) $("accounts").append(h("tbody", {}, h("tr", {}, h("td", { class: "nothing", colspan: "4" }, "None is registered. ./scripts/dev registers the demo tenants."))));
}

async function refresh() {
  const [status, faults, calls, ...lists] = await Promise.all([api("GET", "/status"), api("GET", "/faults"), api("GET", "/callbacks?limit=25"), ...Object.keys(NAMES).map((provider) => api("GET", `/${provider}/accounts`))]);
  $("texts").textContent = status.sms;
  $("mails").textContent = status.emails;
  $("open").textContent = status.open_callbacks;
  const found = Object.keys(NAMES).flatMap((provider, index) => lists[index].items.map((account) => ({ ...account, provider, key: account[KEYS[provider]] })));
  if (JSON.stringify(found) !== JSON.stringify(accounts) || !accounts.length) { accounts = found; fillAccounts(); showAccounts(); }
  showFaults(faults.items);
  showLog(calls.items);
}

bar("/");
choices();
form.provider.addEventListener("change", choices);
form.kind.addEventListener("change", amount);
form.addEventListener("submit", act(async () => {
  const [, field] = ANSWERS[form.kind.value] ?? CALLBACKS[form.kind.value];
  await api("POST", "/faults", {
    provider: form.provider.value, kind: form.kind.value, account: form.account.value || null,
    count: form.count.value ? Number(form.count.value) : null, ...(field ? { [field]: Number(form.amount.value) } : {}),
  });
  toast("Armed");
}));
$("clear").addEventListener("click", act(() => api("DELETE", "/faults")));
live(refresh);
