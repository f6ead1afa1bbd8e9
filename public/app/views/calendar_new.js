// A booking made by staff: whom for, what, when and with whom; somebody new is added on the way.

import { newKey, post } from "../core/api.js";
import { html, useEffect, useState } from "../core/html.js";
import { clock, shortDay } from "../core/time.js";
import { done } from "../core/toasts.js";
import { nameOf, sentence } from "../core/words.js";
import { ContactField } from "../parts/contact_field.js";
import { Field, Problems } from "../parts/form.js";
import { Aside } from "../parts/view.js";
import { WhenField } from "../parts/when_field.js";

const MINUTE = 60_000;
const URGENCIES = ["routine", "soon", "urgent"];
const DEFAULT_MINUTES = 30;
const nobody = () => ({ first_name: "", last_name: "", phone: "", email: "", key: newKey() });

const Choice = ({ label, value, onChange, options, none, words }) => html`<label class="field"><span>${label}</span>
  <select onChange=${(event) => onChange(event.target.value)}>${none && html`<option value="" selected=${!value}>${none}</option>`}
    ${options.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${words ? sentence(each) : each}</option>`)}</select></label>`;

/** `at`, `who`: the slot that was clicked. `show(at, minutes, who)` lets the calendar draw what is being made. */
export function NewBooking({ at, who, services, people, back, show, made }) {
  const [draft, setDraft] = useState({ contact: null, person: null, service: "", minutes: DEFAULT_MINUTES, starts_at: at, practitioner: who ?? "", location: "", urgency: "routine", note: "", key: newKey() });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (changes) => setDraft((was) => ({ ...was, ...changes }));
  useEffect(() => set({ starts_at: at, ...(who !== undefined && { practitioner: who }) }), [at, who]);
  useEffect(() => show(draft.starts_at, draft.minutes, draft.practitioner), [draft.starts_at, draft.minutes, draft.practitioner]);
  const choose = (service) => set({ service, minutes: services.find(({ name }) => name === service)?.minutes ?? draft.minutes });

  async function save(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      let { contact } = draft;
      if (!contact) {
        const { first_name, last_name, phone, email, key } = draft.person;
        contact = await post("/contacts", { first_name, last_name, phone: phone || null, email: email || null, key });
        set({ contact, person: null });
      }
      const { service, starts_at, minutes, practitioner, location, urgency, note, key } = draft;
      const story = await post("/bookings", { contact_id: contact.id, service, starts_at, ends_at: starts_at + minutes * MINUTE, practitioner, location, urgency, note, key });
      done(`${nameOf(contact)} booked for ${shortDay(starts_at)}, ${clock(starts_at)}`, async () => {
        const now = await post(`/bookings/${story.booking.id}/status`, { status: "cancelled", version: story.booking.version });
        made(now, null);
      });
      made(story, story.booking.id);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  const complete = (draft.contact || draft.person?.first_name) && draft.service.trim() && draft.starts_at;
  return html`<${Aside} title="New booking" back=${back}>
    <form class="stack" onSubmit=${save} aria-label="New booking">
      ${draft.person
        ? html`<${NewPerson} person=${draft.person} onChange=${(person) => set({ person })} back=${() => set({ person: null })} fields=${error?.fields ?? {}} />`
        : html`<div class="whom"><${ContactField} label="Person" value=${draft.contact} onChange=${(contact) => set({ contact })} />
          ${!draft.contact && html`<button type="button" class="button" onClick=${() => set({ person: nobody() })}>New person</button>`}</div>`}
      ${services.length
        ? html`<${Choice} label="Service" value=${draft.service} onChange=${choose} none="Choose" options=${services.map(({ name }) => name)} />`
        : html`<${Field} label="Service" value=${draft.service} onInput=${(service) => set({ service })} maxlength="100" hint="Services with their lengths and prices are kept under Settings." />`}
      <div class="pair when-pair">
        <${WhenField} label="Start" at=${draft.starts_at} onChange=${(starts_at) => starts_at && set({ starts_at })} step="300" required />
        <${Field} label="Minutes" type="number" min="5" max="1440" step="5" value=${draft.minutes} onInput=${(minutes) => set({ minutes: Number(minutes) })} required />
      </div>
      <div class="pair">
        ${people.length
          ? html`<${Choice} label="With" value=${draft.practitioner} onChange=${(practitioner) => set({ practitioner })} none="Nobody yet" options=${people} />`
          : html`<${Field} label="With" value=${draft.practitioner} onInput=${(practitioner) => set({ practitioner })} maxlength="100" />`}
        <${Choice} label="Urgency" value=${draft.urgency} onChange=${(urgency) => set({ urgency })} options=${URGENCIES} words />
      </div>
      <${Field} label="Location" value=${draft.location} onInput=${(location) => set({ location })} maxlength="200" />
      <${Field} label="Note" area="2" value=${draft.note} onInput=${(note) => set({ note })} maxlength="2000" />
      <${Problems} error=${error} />
      <div class="form-actions"><button class="button primary" disabled=${busy || !complete}>${busy ? "Booking" : "Book"}</button><a class="button ghost" href=${back}>Cancel</a></div>
      <p class="quiet">The confirmation and the reminders go out as for every booking.</p>
    </form>
  <//>`;
}

function NewPerson({ person, onChange, back, fields }) {
  const set = (name) => (value) => onChange({ ...person, [name]: value });
  return html`<fieldset class="stack new-person"><legend class="unseen">New person</legend>
    <div class="pair"><${Field} label="First name" value=${person.first_name} onInput=${set("first_name")} maxlength="100" required error=${fields.first_name} />
      <${Field} label="Last name" value=${person.last_name} onInput=${set("last_name")} maxlength="100" error=${fields.last_name} /></div>
    <div class="pair"><${Field} label="Phone" type="tel" value=${person.phone} onInput=${set("phone")} error=${fields.phone} />
      <${Field} label="E-mail" type="email" value=${person.email} onInput=${set("email")} error=${fields.email} /></div>
    <button type="button" class="button small ghost" onClick=${back}>Choose somebody known instead</button>
  </fieldset>`;
}
