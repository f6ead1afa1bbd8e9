// What is behind the bell: notices, newest first, and whether this device is pushed the urgent ones.

import { post } from "../core/api.js";
import { usePages } from "../core/data.js";
import { classes, html, useEffect, useRef, useState } from "../core/html.js";
import { pushing, turnOff, turnOn } from "../core/push.js";
import { useSession } from "../core/session.js";
import { failed } from "../core/toasts.js";
import { Answer, Empty, More } from "./answer.js";
import { Icon } from "./icon.js";
import { Switch } from "./switch.js";
import { Time } from "./time.js";

const STEP = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** Opening it marks what it shows as read; what was new stays marked while it is open. */
export function NoticeList({ onClose }) {
  const element = useRef(null);
  const fresh = useRef(new Set());
  const pages = usePages("/notices", { limit: 30 });
  const items = pages.items ?? [];
  for (const { id, read } of items) if (!read) fresh.current.add(id);
  useEffect(() => {
    element.current.showModal();
    return () => element.current?.close();
  }, []);
  const latest = items[0]?.seq;
  useEffect(() => {
    if (latest && pages.data.unread) post("/notices/read", { up_to: latest }).then(({ unread }) => pages.set({ ...pages.data, unread }), failed);
  }, [latest]);
  function onKey(event) {
    const rows = [...element.current.querySelectorAll("a.notice")];
    const at = rows.indexOf(document.activeElement);
    if (!STEP[event.key] || !rows.length) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, at + STEP[event.key]))].focus();
  }
  return html`
    <dialog ref=${element} class="notices" aria-label="Notices" onKeyDown=${onKey} onCancel=${(event) => (event.preventDefault(), onClose())}
      onClick=${(event) => event.target === element.current && onClose()}>
      <header class="head"><h2>Notices</h2>
        <div class="head-actions"><button type="button" class="button ghost icon-only" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></div>
      </header>
      <div class="notices-in" tabindex="-1">
        <${Answer} of=${pages} isEmpty=${!items.length} rows=${4} empty=${html`<${Empty} icon="bell" title="Nothing to tell">What needs you appears here.<//>`}>
          <ul class="plain">${items.map((notice) => html`<li key=${notice.id}><${Row} notice=${notice} fresh=${fresh.current.has(notice.id)} onClose=${onClose} /></li>`)}</ul>
          <${More} pages=${pages} />
        <//>
      </div>
      <${Device} />
    </dialog>`;
}

function Row({ notice, fresh, onClose }) {
  const inside = html`
    <span class="notice-dot" data-tone=${notice.urgent ? "bad" : undefined}>${fresh && html`<span class="unseen">New: </span>`}</span>
    <span class="notice-text"><span class="notice-title">${notice.title}</span>${notice.body && html`<span class="quiet">${notice.body}</span>`}</span>
    <span class="notice-time quiet"><${Time} at=${notice.created_at} relative /></span>`;
  const look = classes("notice", fresh && "is-fresh");
  return notice.link ? html`<a class=${look} href=${notice.link} onClick=${onClose}>${inside}</a>` : html`<div class=${look}>${inside}</div>`;
}

const SAYS = {
  blocked: "This browser blocks notifications. Allow them in its settings for this site.",
  on: "Urgent notices also reach you while this page is closed.",
  off: "Have urgent notices reach you while this page is closed.",
};

/** Nothing where this browser or this installation cannot push. */
function Device() {
  const { me } = useSession();
  const [state, setState] = useState("unknown");
  const [busy, setBusy] = useState(false);
  useEffect(() => void pushing(me.staff.id).then(setState), []);
  if (!SAYS[state]) return null;
  async function change(on) {
    setBusy(true);
    try {
      setState(await (on ? turnOn(me.staff.id) : turnOff()));
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  }
  return html`<footer class="notices-device">
    <div><span class="notice-title">Notify this device</span><span class="quiet">${SAYS[state]}</span></div>
    <${Switch} label="Notify this device" on=${state === "on"} disabled=${busy || state === "blocked"} onChange=${change} />
  </footer>`;
}
