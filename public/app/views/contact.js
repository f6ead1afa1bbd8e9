// One person: who they are and how warm, what is to be done for them, what they booked, and all that passed between us.

import { usePages, useData } from "../core/data.js";
import { html, useState } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { nameOf, termsOf } from "../core/words.js";
import { Failure, Loading } from "../parts/answer.js";
import { Composer, startReply } from "../parts/composer.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { lazily } from "../parts/lazy.js";
import { choose } from "../parts/menu.js";
import { View } from "../parts/view.js";
import { Bookings } from "./contact_bookings.js";
import { Consent } from "./contact_consent.js";
import { ContactEdit } from "./contact_edit.js";
import { Duplicates } from "./contact_duplicates.js";
import { Identity } from "./contact_identity.js";
import { Recall } from "./contact_recall.js";
import { Stage } from "./contact_stage.js";
import { ContactTasks } from "./contact_tasks.js";
import { Warmness } from "./contact_warmness.js";
import { Timeline } from "./timeline.js";

const Merge = lazily(() => import("./contact_merge.js"), "Merge");
const TaskNew = lazily(() => import("./task_new.js"), "TaskNew");
const BACK = html`<a class="back quiet" href=${link("contacts")} data-close="page"><${Icon} name="left" size=${14} />Contacts</a>`;
const PARTS = [{ value: "", label: "Timeline" }, { value: "details", label: "Details" }];

export function Page({ id, query }) {
  const contact = useData(`/contacts/${id}`);
  if (!contact.data) {
    return html`<${View} title="Contact" filters=${BACK}>${contact.error ? html`<${Failure} error=${contact.error} retry=${contact.reload} />` : html`<${Loading} />`}<//>`;
  }
  return html`<${Person} key=${id} contact=${contact} query=${query} />`;
}

function Person({ contact, query }) {
  const { me, can } = useSession();
  const terms = termsOf(me.tenant.kind);
  const person = contact.data;
  const [editing, setEditing] = useState(false);
  const [adding, setAdding] = useState(false);
  const [merging, setMerging] = useState(null); // the other one, or {} while it is to be found
  const timeline = usePages(`/contacts/${person.id}/timeline`, { limit: 50 });
  const bookings = usePages(can("bookings:read") ? "/bookings" : null, { contact_id: person.id, limit: 50 });
  const tasks = can("tasks:read");
  const [taskStamp, setTaskStamp] = useState(0);
  const reload = () => (contact.reload(), timeline.reload());
  useKeys([
    { keys: ["r"], what: "Write to them", run: startReply },
    ...(can("tasks:write") ? [{ keys: ["n"], what: "New task for them", run: () => setAdding(true) }] : []),
    ...(can("contacts:write") ? [{ keys: ["i"], what: "Edit", run: () => setEditing(true) }] : []),
  ]);
  const more = (event) => choose({
    anchor: event.currentTarget, title: nameOf(person),
    items: [
      { label: "Edit", icon: "contacts", hint: "I", run: () => setEditing(true) },
      ...(can("tasks:write") ? [{ label: "New task", icon: "plus", hint: "N", run: () => setAdding(true) }] : []),
      { label: "Merge with another", icon: "merge", run: () => setMerging({}) },
    ],
  });
  const actions = can("contacts:write") && html`
    <button type="button" class="button" onClick=${() => setEditing(!editing)}>Edit</button>
    <button type="button" class="button icon-only" aria-label="More" onClick=${more}><${Icon} name="more" /></button>`;
  return html`<${View} title=${nameOf(person)} actions=${actions} filters=${html`${BACK}<${Tabs} name="part" label="Part of the page" options=${PARTS} only="phone" />`}>
    <div class="contact" data-part=${query.part || "timeline"}>
      <div class="contact-side">
        ${person.merged_into && html`<p class="why">This contact was merged into <a href=${link("contacts", person.merged_into)}>another one</a>.</p>`}
        ${editing ? html`<${ContactEdit} contact=${person} onSaved=${contact.set} reload=${contact.reload} close=${() => setEditing(false)} />` : html`<${Identity} contact=${contact} />`}
        ${can("contacts:write") && html`<${Duplicates} person=${person} onCompare=${setMerging} />`}
        <${Stage} contact=${contact} onMoved=${reload} recall=${terms.recalls && html`<${Recall} contact=${contact} onChanged=${timeline.reload} />`} />
        <${Warmness} contact=${contact} />
        ${can("messages:read") && html`<${Consent} person=${person} onChanged=${reload} />`}
      </div>
      <section class="contact-main" aria-labelledby="timeline">
        ${can("messages:write") && !person.merged_into && html`<${Composer} contact=${person} bookings=${bookings.items ?? []} onSent=${timeline.reload} />`}
        <h2 class="section" id="timeline">Timeline</h2>
        <${Timeline} pages=${timeline} />
      </section>
      <div class="contact-work">
        ${tasks && html`<${ContactTasks} key=${taskStamp} person=${person} add=${can("tasks:write") && (() => setAdding(true))} />`}
        ${can("bookings:read") && html`<${Bookings} bookings=${bookings} />`}
      </div>
    </div>
  <//>
  ${adding && html`<${TaskNew} about=${person} onClose=${() => setAdding(false)} onAdded=${() => setTaskStamp(taskStamp + 1)} />`}
  ${merging && html`<${Merge} person=${person} other=${merging.id ? merging : null} onClose=${() => setMerging(null)} onMerged=${reload} />`}`;
}

