// Whom texts and mails come from, and how fast they may leave.

import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { Field } from "../parts/form.js";
import { SettingsForm } from "../parts/settings_form.js";

export function Senders({ answer }) {
  const { me } = useSession();
  return html`
    <${SettingsForm} title="Texts" answer=${answer} saved="Text sender changed"
      read=${({ sms }) => ({ ...sms, price: sms.price_micros / 1e6 })}
      write=${({ sender, price, per_second, max_segments }) => ({ sms: { sender, price_micros: Math.round(Number(price) * 1e6), per_second: Number(per_second), max_segments: Number(max_segments) } })}
      fields=${(draft, set) => html`
        <${Field} label="Sender" value=${draft.sender} onInput=${set("sender")} maxlength="16" hint="A number like +61480000000, or up to 11 letters" />
        <div class="trio">
          <${Field} label=${`Price a segment, ${me.tenant.currency}`} type="number" step="0.0001" min="0" max="10" value=${draft.price} onInput=${set("price")} required />
          <${Field} label="At most a second" type="number" min="1" max="100" value=${draft.per_second} onInput=${set("per_second")} required />
          <${Field} label="Most segments" type="number" min="1" max="10" value=${draft.max_segments} onInput=${set("max_segments")} required />
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
