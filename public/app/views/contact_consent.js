// What somebody agreed to, channel by channel, and changing it when they say so.

import { put } from "../core/api.js";
import { useData } from "../core/data.js";
import { useDraft } from "../core/draft.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done } from "../core/toasts.js";
import { phone, sentence } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { Field, Problems } from "../parts/form.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";

const SAID = { keyword: "by text", unsubscribe: "by the link in a mail", complaint: "as a complaint", staff: "told to staff", clicksend: "says ClickSend", twilio: "says Twilio", resend: "says Resend" };
const NAMES = { sms: "Text", email: "E-mail" };

export function Consent({ person, onChanged }) {
  const { can } = useSession();
  const consent = useData(`/contacts/${person.id}/consent`);
  const [open, setOpen] = useState(null);
  const items = consent.data?.items ?? [];
  return html`<section aria-labelledby="consent"><h2 class="section" id="consent">Consent</h2>
    <${Answer} of=${consent} rows=${2} isEmpty=${!items.length} empty=${html`<p class="none quiet">No number and no address</p>`}>
      <ul class="consents">${items.map((each) => html`<li key=${each.address}>
        <span class="consent-what">${NAMES[each.channel] ?? sentence(each.channel)}</span>
        <${State} kind="consent" of=${each.stopped ? "stopped" : each.marketing ? "marketing" : "service"} />
        ${each.current && can("messages:write") && html`<button type="button" class="button ghost small" aria-expanded=${open === each.channel ? "true" : "false"} aria-label=${`Change consent to ${NAMES[each.channel] ?? each.channel}`} onClick=${() => setOpen(open === each.channel ? null : each.channel)}>Change</button>`}
        <span class="quiet consent-note">${phone(each.address)}${each.said_at && html` · ${SAID[each.source] ?? sentence(each.source).toLowerCase()}, <${Time} at=${each.said_at} />`}</span>
        ${open === each.channel && html`<${Change} key=${each.channel} person=${person} consent=${each} close=${() => setOpen(null)} onSaved=${() => (consent.reload(), onChanged())} />`}
      </li>`)}</ul>
    <//>
  </section>`;
}

/** What they said, and how: kept in the audit log. */
function Change({ person, consent, close, onSaved }) {
  const before = { stopped: consent.stopped, marketing: consent.marketing };
  const { all: draft, set, changed, take } = useDraft(before);
  const [note, setNote] = useState("");
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const send = (fields) => put(`/contacts/${person.id}/consent`, { channel: consent.channel, ...fields });
  async function save(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const said = take();
      // Only what they spoke of: an opt-out says nothing new about offers.
      if (said.stopped) delete said.marketing;
      await send({ ...said, note });
      close();
      onSaved();
      done("Consent changed", async () => {
        await send({ ...Object.fromEntries(Object.keys(said).map((name) => [name, before[name]])), note: "Taken back: it was a mistake" });
        onSaved();
      });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  return html`<form class="consent-form stack" aria-label=${`Consent to ${NAMES[consent.channel]}`} onSubmit=${save}>
    <label class="check"><input type="checkbox" checked=${!draft.stopped} onChange=${(event) => set("stopped")(!event.target.checked)} />May be written to</label>
    <label class="check"><input type="checkbox" checked=${draft.marketing && !draft.stopped} disabled=${draft.stopped} onChange=${(event) => set("marketing")(event.target.checked)} />Offers and news, too</label>
    <${Field} label="What they said, and when" value=${note} onInput=${setNote} required minlength="3" maxlength="300" placeholder="On the phone today" />
    <${Problems} error=${error} />
    <div class="form-actions"><button class="button primary small" disabled=${busy || note.trim().length < 3 || !changed.length}>Save</button><button type="button" class="button ghost small" onClick=${close}>Cancel</button></div>
  </form>`;
}
