// Whom texts and mails come from, and how fast they may leave.

import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { provider } from "../core/words.js";
import { Field } from "../parts/form.js";
import { SettingsForm } from "../parts/settings_form.js";

const CARRIERS = ["clicksend", "twilio"];

const Choice = ({ label, value, onChange, options }) => html`<label class="field"><span>${label}</span>
  <select onChange=${(event) => onChange(event.target.value)}>${options.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${each ? provider(each) : "Nobody else"}</option>`)}</select></label>`;

export function Senders({ answer }) {
  const { me } = useSession();
  return html`
    <${SettingsForm} title="Texts" answer=${answer} saved="Text sender changed"
      read=${({ sms }) => ({ ...sms, price: sms.price_micros / 1e6 })}
      write=${({ provider: first, fallback, sender, price, per_second, max_segments }) => ({ sms: { provider: first, fallback: fallback || null, sender, price_micros: Math.round(Number(price) * 1e6), per_second: Number(per_second), max_segments: Number(max_segments) } })}
      fields=${(draft, set) => html`
        <div class="pair">
          <${Choice} label="Carrier" value=${draft.provider} onChange=${set("provider")} options=${CARRIERS} />
          <${Choice} label="When it refuses for a reason of its own" value=${draft.fallback ?? ""} onChange=${set("fallback")} options=${["", ...CARRIERS.filter((each) => each !== draft.provider)]} />
        </div>
        <${Field} label="Sender" value=${draft.sender} onInput=${set("sender")} maxlength="16" hint="A number like +61480000000, or up to 11 letters" />
        <div class="trio">
          <${Field} label=${`Price a segment, ${me.tenant.currency}`} type="number" step="0.0001" min="0" max="10" value=${draft.price} onInput=${set("price")} required />
          <${Field} label="At most a second" type="number" min="1" max="100" value=${draft.per_second} onInput=${set("per_second")} required />
          <${Field} label="Most segments" type="number" min="1" max="10" value=${draft.max_segments} onInput=${set("max_segments")} required />
        </div>`} />
    <${SettingsForm} title="Twilio" answer=${answer} saved="Twilio account changed"
      about="Needed where Twilio carries texts. Its auth token is among the secrets."
      read=${({ twilio }) => ({ ...twilio, price: twilio.price_micros === null ? "" : twilio.price_micros / 1e6 })}
      write=${({ account_sid, sender, price }) => ({ twilio: { account_sid, sender, price_micros: price === "" ? null : Math.round(Number(price) * 1e6) } })}
      fields=${(draft, set) => html`
        <${Field} label="Account SID" value=${draft.account_sid} onInput=${set("account_sid")} placeholder="AC..." spellcheck="false" />
        <div class="pair">
          <${Field} label="Sender" value=${draft.sender} onInput=${set("sender")} placeholder="+1... or MG..." spellcheck="false" />
          <${Field} label=${`Price a segment, ${me.tenant.currency}`} type="number" step="0.0001" min="0" max="10" value=${draft.price} onInput=${set("price")} placeholder="As above" />
        </div>`} />
    <${SettingsForm} title="E-mail" answer=${answer} saved="E-mail sender changed"
      read=${({ email }) => email}
      write=${({ sender, reply_to, postal_address, per_second }) => ({ email: { sender, reply_to, postal_address, per_second: Number(per_second) } })}
      fields=${(draft, set) => html`
        <${Field} label="Sender" value=${draft.sender} onInput=${set("sender")} maxlength="200" hint="Name <address>" />
        <${Field} label="Replies go to" value=${draft.reply_to} onInput=${set("reply_to")} maxlength="200" placeholder="The sender" />
        <${Field} label="Postal address" value=${draft.postal_address} onInput=${set("postal_address")} maxlength="300" hint="Stands under every mail that one can unsubscribe from" />
        <${Field} label="At most a second" type="number" min="1" max="100" value=${draft.per_second} onInput=${set("per_second")} required />`} />`;
}
