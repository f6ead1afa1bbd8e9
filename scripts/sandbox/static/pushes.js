// What browsers were pushed: decrypted, newest first.
import { api, bar, h, live, now, when } from "/static/common.js";

const list = document.getElementById("pushes");

async function refresh() {
  const { items } = await api("GET", "/push/messages");
  list.replaceChildren(...items.reverse().map((push) => h("div", { class: "item" },
    h("div", { class: "top" }, h("span", { class: "who" }, push.data.title ?? ""), h("time", {}, when(push.at_ms, now()))),
    h("div", { class: "row" }, h("span", { class: "subject" }, push.data.body ?? ""), h("span", { class: "badge" }, push.urgency)),
    h("span", { class: "about" }, `${push.label || `Browser ${push.browser}`} · for ${push.ttl_s} s · ${push.data.link ?? ""}`))));
  if (!items.length) list.append(h("div", { class: "empty" }, h("strong", {}, "Nothing was pushed yet"), "Urgent notices appear here once a browser subscribes."));
}

bar("/pushes");
live(refresh);
