// A booking, opened: whom it is for, and the ledger of its messages.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayName, length } from "../core/time.js";
import { nameOf, phone, provider, templateName, termsOf, why } from "../core/words.js";
import { Answer, Empty } from "./answer.js";
import { BookingActions } from "./booking_actions.js";
import { Facts } from "./facts.js";
import { Score } from "./reasons.js";
import { State } from "./state.js";
import { Time } from "./time.js";
import { Aside } from "./view.js";
import { Why } from "./why.js";

/** `changed()` hears that it became another; `move()` begins to move it where that can be seen. */
export function BookingAside({ id, back, changed, move }) {
  const story = useData(`/bookings/${id}`);
  const take = (after) => {
    if (after) story.set(after);
    else story.reload();
    changed?.();
  };
  return html`<${Aside} title="Booking" back=${back}>
    <${Answer} of=${story} rows=${5}>${story.data && html`<${Story} ...${story.data} take=${take} move=${move} />`}<//>
  <//>`;
}

function Story({ booking, contact, messages, risk, unaccounted, take, move }) {
  const { me, can } = useSession();
  return html`
    <p class="lead"><a href=${link("contacts", contact.id)}>${nameOf(contact)}</a></p>
    <p class="booking-state"><${State} kind="booking" of=${booking.status} /><${Why} kind="booking" id=${booking.id} /></p>
    ${unaccounted && html`<p class="quiet">Did they come? ${unaccounted}.</p>`}
    <${BookingActions} booking=${booking} contactName=${nameOf(contact)} take=${take} move=${move} />
    <${Facts} rows=${[
      ["When", `${dayName(booking.starts_at)}, ${clock(booking.starts_at)} to ${clock(booking.ends_at)} (${length(booking.ends_at - booking.starts_at)})`],
      ["Service", booking.service],
      [termsOf(me.tenant.kind).who, booking.practitioner],
      ["Location", booking.location],
      ["Phone", phone(contact.phone)],
      ["E-mail", contact.email],
      ["No-show risk", risk && html`<${Score} label="No-show risk" score=${risk.score} reasons=${risk.reasons} />`],
      ["Customer's zone", booking.time_zone === me.tenant.time_zone ? "" : booking.time_zone],
      ["Source", provider(booking.source)],
    ]} />
    <h3 class="section">Messages</h3>
    ${messages.length === 0 && html`<${Empty} icon="messages" title="Nothing was planned for this booking" />`}
    <ol class="ledger">${messages.map((message) => html`
      <li key=${message.id}>
        <span class="ledger-what">${can("messages:read") ? html`<a href=${link("messages", message.id)}>${templateName(message.template, message.offset_hours)}</a>` : templateName(message.template, message.offset_hours)}</span>
        <${State} kind="message" of=${message.state} />
        <span class="quiet">${why(message)}</span>
        <${Time} at=${message.delivered_at ?? message.sent_at ?? message.due_at} />
      </li>`)}</ol>`;
}
