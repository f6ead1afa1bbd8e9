// The ledger: every text and mail with what became of it, and what it cost.

import { useData, usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { exact, present } from "../core/time.js";
import { money, nameOf, phone, plural, provider, sentence, statesOf, templateName, why } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Cause } from "../parts/cause.js";
import { Facts } from "../parts/facts.js";
import { Pick, Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";
import { Aside, View } from "../parts/view.js";
import { Why } from "../parts/why.js";

const TABS = [{ value: "", label: "Until now" }, { value: "planned", label: "Planned" }, { value: "in", label: "Received" }, { value: "all", label: "All" }];
const CHANNELS = [{ value: "sms", label: "Text" }, { value: "email", label: "E-mail" }];
const SOON_MS = 10_000; // clocks differ, and what leaves in seconds is as good as gone

const asked = ({ show, state, channel }) => ({
  channel, state: state || (show === "planned" ? "scheduled" : undefined), direction: show === "in" ? "in" : undefined,
});
const untilNow = () => ({ due_before: present() + SOON_MS });

export function Page({ id, query }) {
  const pages = usePages("/messages", asked(query), { at: query.show ? undefined : untilNow });
  const filtered = query.show || query.state || query.channel;
  const filters = html`<${Tabs} name="show" label="Which messages" options=${TABS} />
    <${Pick} name="state" label="State" options=${statesOf("message")} />
    <${Pick} name="channel" label="Channel" options=${CHANNELS} />`;
  return html`<${View} title="Messages" filters=${filters}
    aside=${id && html`<${Opened} key=${id} id=${id} back=${link("messages", null, query)} />`}>
    <${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${filtered ? html`<${Empty} icon="messages" title="No such messages" />` : html`<${Empty} icon="messages" title="No messages yet">Every text and mail appears here, with what became of it.<//>`}>
      <ul class="rows">${pages.items?.map((message) => html`<${Row} key=${message.id} message=${message} href=${link("messages", message.id, query)} current=${message.id === id} />`)}</ul>
      <${More} pages=${pages} />
    <//>
  <//>`;
}

function Row({ message, href, current }) {
  const { me } = useSession();
  const incoming = message.direction === "in";
  return html`<li><a class="row row-message" data-row href=${href} aria-current=${current ? "true" : undefined}>
    <span class="row-icon quiet" title=${incoming ? "From them" : "From us"}><${Icon} name=${incoming ? "arrow_in" : message.channel === "email" ? "mail" : "arrow_out"} size=${14} /></span>
    <span class="row-title">${message.contact_name || phone(message.address)}</span>
    <span class="row-what"><span class="kind">${incoming ? "Reply" : templateName(message.template, message.offset_hours)}</span> ${why(message) || message.body || message.subject}</span>
    <span class="row-cost quiet">${money(message.cost_micros, me.tenant.currency, me.tenant.locale)}</span>
    <span class="row-state"><${State} kind="message" of=${message.state} /></span>
    <span class="row-when quiet"><${Time} at=${message.sent_at ?? message.due_at} /></span>
  </a></li>`;
}

function Opened({ id, back }) {
  const message = useData(`/messages/${id}`);
  return html`<${Aside} title="Message" back=${back}><${Answer} of=${message} rows=${5}>${message.data && html`<${Detail} message=${message.data} />`}<//><//>`;
}

const INSTANTS = [["Planned for", "due_at"], ["Too late after", "expires_at"], ["Sent", "sent_at"], ["Delivered", "delivered_at"]];

function Detail({ message }) {
  const { me, can } = useSession();
  const contact = useData(message.contact_id && can("contacts:read") ? `/contacts/${message.contact_id}` : null);
  const incoming = message.direction === "in";
  return html`
    <p class="lead">${contact.data ? html`<a href=${link("contacts", message.contact_id)}>${nameOf(contact.data)}</a>` : phone(message.address)}</p>
    <p><${State} kind="message" of=${message.state} /></p>
    ${why(message) && html`<p class="why">${why(message)}${message.state === "skipped" && message.detail && message.detail !== message.reason ? ` (${message.detail})` : ""}</p>`}
    ${message.subject && html`<p><strong>${message.subject}</strong></p>`}
    ${message.body && html`<p class="bubble" data-direction=${message.direction}>${message.body}</p>`}
    ${!message.body && ["scheduled", "queued"].includes(message.state) && html`<p class="quiet">The words are written when it is sent, from what is true then.</p>`}
    <${Facts} rows=${[
      [incoming ? "From" : "To", phone(message.address)],
      ["What", incoming ? "Reply" : templateName(message.template, message.offset_hours)],
      ["Purpose", sentence(message.purpose)],
      ...INSTANTS.map(([label, field]) => [incoming && field === "due_at" ? "Received" : label, message[field] && exact(message[field])]),
      ["Segments", message.segments && plural(message.segments, "segment")],
      ["Cost", money(message.cost_micros, me.tenant.currency, me.tenant.locale)],
      ["Through", [provider(message.provider), message.provider_id].filter(Boolean).join(" ")],
      ["Carrier's note", message.provider_note],
      ["Tries", message.attempt > 1 ? message.attempt : ""],
      ["Booking", message.booking_id && can("bookings:read") && html`<a href=${link("calendar", message.booking_id)}>Open the booking</a>`],
      ["Why", html`<${Cause} trace=${message.trace_id} kind=${message.cause_kind} id=${message.cause_id} /> <${Why} kind="message" id=${message.id}>The whole story<//>`],
    ]} />`;
}
