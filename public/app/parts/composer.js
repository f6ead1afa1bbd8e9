// Writing to somebody: by text or mail, in one's own words or a template's, now or later; what it costs and when it
// will really go is asked of the gate while one types.

import { newKey, post } from "../core/api.js";
import { useData } from "../core/data.js";
import { keepDraft, keptDraft } from "../core/draft.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../core/html.js";
import { laters } from "../core/later.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { clock, present, shortDay } from "../core/time.js";
import { nameOf, templateName, termsOf } from "../core/words.js";
import { ComposerStatus } from "./composer_status.js";
import { usePreview } from "./composer_preview.js";
import { Icon } from "./icon.js";
import { choose } from "./menu.js";
import { useWeek } from "./task_actions.js";
import { localInstant, localText } from "./when_field.js";

const blank = (channel) => ({ channel, template: "", subject: "", body: "", booking_id: null, send_at: null, key: newKey() });

/** What the API takes of a draft. */
const wordsOf = ({ channel, template, subject, body, booking_id, send_at }) => ({
  channel, ...(template ? { template, booking_id } : { body, ...(channel === "email" && { subject }) }), ...(send_at && { send_at }),
});

/**
 * `contact`: {id, phone, email, ...}. `bookings`: what a template may be about. `channel`: the one to begin with, and
 * `hint` why it is that one. `onSent(message)`; `above` stands over the words: where a suggested reply belongs.
 */
export function Composer({ contact, bookings = [], channel, hint, onSent, above, placeholder }) {
  const channels = [contact.phone && "sms", contact.email && "email"].filter(Boolean);
  const place = `message/${contact.id}`;
  const [draft, setDraft] = useState(() => keptDraft(place) ?? blank(channels.includes(channel) ? channel : (channels[0] ?? "sms")));
  const [busy, setBusy] = useState(false);
  const templates = useData("/templates");
  const { me } = useSession();
  const unsaid = termsOf(me.tenant.kind).recalls ? /^(keyword|auth)\./ : /^(keyword|auth|recall)\./;
  const week = useWeek();
  const written = !!(draft.template || (draft.body.trim() && (draft.channel === "sms" || draft.subject.trim())));
  const preview = usePreview(contact.id, written && channels.length ? wordsOf(draft) : null);
  const filled = preview.fresh ? preview.data : null; // a template's words, once they are those of this one
  const area = useRef(null);
  const set = (fields) => setDraft((was) => ({ ...was, ...fields }));
  useEffect(() => keepDraft(place, draft.template || draft.body || draft.subject ? draft : null), [draft]);
  useLayoutEffect(() => grow(area.current), [draft.body, draft.template]);

  const choices = (templates.data?.items ?? []).filter((each) => each.channel === draft.channel && !unsaid.test(each.key));
  const pickTemplate = (name) => set({ template: name, booking_id: name ? (draft.booking_id ?? upcoming(bookings)?.id ?? null) : null });
  // The words as they would go, to be changed by hand from here on.
  const ownWords = () => (set({ template: "", body: filled.body, subject: filled.subject }), requestAnimationFrame(() => area.current?.focus()));

  async function send(event) {
    event?.preventDefault();
    if (busy || !written || preview.data?.would === "skip") return;
    setBusy(true);
    try {
      const message = await post(`/contacts/${contact.id}/messages`, { ...wordsOf(draft), key: draft.key });
      const sent = draft;
      setDraft(blank(draft.channel));
      onSent?.(message);
      done(said(message, preview.data), waits(message) && (() => takeBack(message, sent)));
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  async function takeBack(message, sent) {
    onSent?.(await post(`/messages/${message.id}/cancel`, { version: message.version }));
    setDraft({ ...sent, key: newKey() });
  }
  const schedule = (event) => choose({
    anchor: event.currentTarget, title: "Send later",
    items: [
      ...laters(present(), week).map(({ label, at, hint }) => ({ label, hint, icon: "clock", on: draft.send_at === at, run: () => set({ send_at: at }) })),
      { label: "At another time", icon: "calendar", run: () => set({ send_at: laters(present(), week).at(-1).at, exact: true }) },
      ...(draft.send_at ? [{ label: "As soon as possible", icon: "send", run: () => set({ send_at: null, exact: false }) }] : []),
    ],
  });

  if (!channels.length) return html`<p class="composer-none quiet">There is no number and no address to write to.</p>`;
  return html`<form class="composer" aria-label=${`Write to ${nameOf(contact)}`} onSubmit=${send} onKeyDown=${(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}>
    ${above}
    <div class="composer-box" data-channel=${draft.channel}>
      <div class="composer-head">
        <div class="tabs" role="group" aria-label="Channel">${["sms", "email"].map((channel) => html`
          <button key=${channel} type="button" aria-pressed=${draft.channel === channel ? "true" : "false"} disabled=${!channels.includes(channel)} onClick=${() => set({ channel, template: "" })}>${channel === "sms" ? "Text" : "E-mail"}</button>`)}</div>
        <label class="pick"><span class="unseen">Template</span>
          <select value=${draft.template} onChange=${(event) => pickTemplate(event.target.value)}>
            <option value="">Own words</option>
            ${choices.map((each) => html`<option key=${each.key} value=${each.key} selected=${each.key === draft.template}>${templateName(each.key)}</option>`)}
          </select></label>
        ${draft.template && bookings.length > 0 && html`<label class="pick"><span class="unseen">Booking</span>
          <select value=${draft.booking_id ?? ""} onChange=${(event) => set({ booking_id: event.target.value || null })}>
            <option value="">No booking</option>
            ${bookings.map((each) => html`<option key=${each.id} value=${each.id} selected=${each.id === draft.booking_id}>${`${each.service || "Booking"}, ${shortDay(each.starts_at)} ${clock(each.starts_at)}`}</option>`)}
          </select></label>`}
      </div>
      ${draft.channel === "email" && !draft.template && html`<input class="composer-subject" aria-label="Subject" placeholder="Subject" value=${draft.subject} onInput=${(event) => set({ subject: event.target.value })} maxlength="200" />`}
      ${draft.template
        ? html`<div class="composer-words">${filled?.subject && html`<p><strong>${filled.subject}</strong></p>`}<p>${filled?.body ?? ""}</p>
            <button type="button" class="button small ghost" disabled=${!filled?.body} onClick=${ownWords}>Change the words</button></div>`
        : html`<textarea ref=${area} class="composer-text" data-reply rows="2" aria-label="Message" placeholder=${placeholder ?? `Write to ${nameOf(contact)}`} value=${draft.body} onInput=${(event) => set({ body: event.target.value })} maxlength="5000"></textarea>`}
      ${draft.exact && html`<label class="composer-when"><span>Send at</span><input type="datetime-local" value=${localText(draft.send_at)} onChange=${(event) => set({ send_at: localInstant(event.target.value) })} /></label>`}
      <div class="composer-foot">
        <${ComposerStatus} preview=${preview} written=${written} sendAt=${draft.send_at} hint=${draft.channel === channel ? hint : ""} />
        <button type="button" class="button icon-only" aria-label="Send later" title="Send later" onClick=${schedule}><${Icon} name="clock" size=${14} /></button>
        <button class="button primary" disabled=${busy || !written || preview.data?.would === "skip"} title="Ctrl or ⌘ and Enter">${draft.send_at ? "Schedule" : "Send"}</button>
      </div>
    </div>
  </form>`;
}

const upcoming = (bookings) => bookings.filter(({ starts_at, status }) => starts_at > present() && status !== "cancelled").sort((a, b) => a.starts_at - b.starts_at)[0];
const waits = ({ state }) => ["scheduled", "queued"].includes(state);
/** When it goes, as the gate last said: it leaves some seconds later at the earliest, so that it can be taken back. */
function said(message, preview) {
  const at = preview?.would === "wait" ? Math.max(preview.at, message.due_at) : message.due_at;
  return at > present() + 60_000 ? `Goes out ${shortDay(at)}, ${clock(at)}` : "On its way";
}

/** As high as its words, within the limits of the styles. */
function grow(area) {
  if (!area) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/** Puts the cursor into the composer on this page. */
export const startReply = () => document.querySelector("[data-reply]")?.focus();
