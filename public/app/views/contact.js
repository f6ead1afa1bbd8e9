// One person: who they are, what they booked, and everything that passed between us.

import { usePages, useData } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, shortDay } from "../core/time.js";
import { nameOf, phone, provider, sentence } from "../core/words.js";
import { Facts } from "../parts/facts.js";
import { Icon } from "../parts/icon.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";
import { Answer, Empty, Failure, Loading, View } from "../parts/view.js";
import { ContactEdit } from "./contact_edit.js";
import { Timeline } from "./timeline.js";

export function Page({ id }) {
  const contact = useData(`/contacts/${id}`);
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  if (!contact.data) {
    return html`<${View} title="Contact"><${Back} />${contact.error ? html`<${Failure} error=${contact.error} retry=${contact.reload} />` : html`<${Loading} />`}<//>`;
  }
  const person = contact.data;
  const actions = can("contacts:write") && !editing && html`<button type="button" class="button" onClick=${() => setEditing(true)}>Edit</button>`;
  return html`<${View} title=${nameOf(person)} actions=${actions}>
    <div class="contact">
      <div class="contact-side">
        <${Back} />
        ${editing ? html`<${ContactEdit} contact=${person} onSaved=${contact.set} reload=${contact.reload} close=${() => setEditing(false)} />` : html`<${Identity} person=${person} />`}
        ${can("bookings:read") && html`<${Bookings} id=${id} />`}
      </div>
      <section class="contact-main" aria-labelledby="timeline"><h2 class="section" id="timeline">Timeline</h2><${Timeline} id=${id} /></section>
    </div>
  <//>`;
}

const Back = () => html`<a class="back quiet" href=${link("contacts")} data-close><${Icon} name="left" size=${14} />Contacts</a>`;

function Identity({ person }) {
  const { me } = useSession();
  return html`
    <p class="chips"><span class="chip">${sentence(person.stage)}</span>
      ${person.existing_patient && html`<span class="chip" data-tone="good">Existing patient</span>`}
      ${person.tags.map((tag) => html`<a class="chip plain-chip" key=${tag} href=${link("contacts", null, { tag })}>${tag}</a>`)}</p>
    <${Facts} rows=${[
      ["Phone", person.phone && html`<a href=${`tel:${person.phone}`}>${phone(person.phone)}</a>`],
      ["E-mail", person.email && html`<a href=${`mailto:${person.email}`}>${person.email}</a>`],
      ["Their time zone", person.time_zone && person.time_zone !== me.tenant.time_zone ? person.time_zone : ""],
      ["First heard of", html`<${Time} at=${person.created_at} />`],
      ["Through", provider(person.source)],
    ]} />`;
}

function Bookings({ id }) {
  const bookings = usePages("/bookings", { contact_id: id, limit: 50 });
  const items = [...(bookings.items ?? [])].reverse();
  return html`<section aria-labelledby="bookings"><h2 class="section" id="bookings">Bookings</h2>
    <${Answer} of=${bookings} rows=${2} isEmpty=${!items.length} empty=${html`<${Empty} icon="calendar" title="No bookings" />`}>
      <ul class="plain booked">${items.map((booking) => html`
        <li key=${booking.id}><a href=${link("calendar", booking.id)}>
          <span>${booking.service || "Booking"}</span><${State} kind="booking" of=${booking.status} />
          <span class="quiet">${shortDay(booking.starts_at)}, ${clock(booking.starts_at)}</span>
        </a></li>`)}</ul>
    <//>
  </section>`;
}
