// What the business offers: how long it takes, what it costs, and when people should come again.

import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { termsOf } from "../core/words.js";
import { Icon } from "../parts/icon.js";
import { SettingsForm } from "../parts/settings_form.js";

const blank = () => ({ name: "", minutes: "30", price: "", recall: "" });

/** Digits behind the point of a currency: cents, or none. */
const digitsOf = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;

export function Services({ answer }) {
  const { me } = useSession();
  const { recalls } = termsOf(me.tenant.kind);
  const unit = 10 ** digitsOf(me.tenant.currency);
  return html`<${SettingsForm} title="Services" answer=${answer} saved="Services changed"
    about=${`By the name that bookings give them. A booking's length and value come from here when nobody else says them.${recalls ? " Recalls count from the day somebody came." : ""}`}
    read=${({ services }) => ({ rows: services.map(({ name, minutes, price_minor, recall_months }) => ({ name, minutes: String(minutes), price: price_minor ? String(price_minor / unit) : "", recall: recall_months ? String(recall_months) : "" })) })}
    write=${({ rows }) => ({ services: rows.filter(({ name }) => name.trim()).map(({ name, minutes, price, recall }) => ({ name: name.trim(), minutes: Number(minutes), price_minor: Math.round(Number(price || 0) * unit), recall_months: recall === "" ? null : Number(recall) })) })}
    fields=${(draft, set) => html`<${Rows} rows=${draft.rows} onChange=${set("rows")} currency=${me.tenant.currency} step=${1 / unit} recalls=${recalls} />`} />`;
}

function Rows({ rows, onChange, currency, step, recalls }) {
  const swap = (n, name) => (event) => onChange(rows.map((each, at) => (at === n ? { ...each, [name]: event.target.value } : each)));
  return html`
    ${rows.length > 0 && html`<div class="service-rows" role="table" aria-label="Services" data-recalls=${recalls}>
      <div role="row" class="service-row service-heads">${["Name", "Minutes", `Price, ${currency}`, ...(recalls ? ["Recall after months"] : []), ""].map((head) => html`<span role="columnheader" key=${head}>${head || html`<span class="unseen">Remove</span>`}</span>`)}</div>
      ${rows.map((row, n) => html`<div role="row" class="service-row" key=${n}>
        <span role="cell"><input aria-label="Name" value=${row.name} maxlength="100" onInput=${swap(n, "name")} placeholder="As bookings name it" /></span>
        <span role="cell" data-label="Minutes"><input aria-label=${`Minutes of ${row.name || "the new service"}`} type="number" min="5" max="1440" step="5" required value=${row.minutes} onInput=${swap(n, "minutes")} /></span>
        <span role="cell" data-label=${`Price, ${currency}`}><input aria-label=${`Price of ${row.name || "the new service"}`} type="number" min="0" step=${step} value=${row.price} onInput=${swap(n, "price")} placeholder="0" /></span>
        ${recalls && html`<span role="cell" data-label="Recall, months"><input aria-label=${`Recall months of ${row.name || "the new service"}`} type="number" min="1" max="60" value=${row.recall} onInput=${swap(n, "recall")} placeholder="Never" /></span>`}
        <span role="cell"><button type="button" class="button ghost icon-only small" aria-label=${`Remove ${row.name || "the new service"}`} onClick=${() => onChange(rows.filter((_, at) => at !== n))}><${Icon} name="close" size=${12} /></button></span>
      </div>`)}
    </div>`}
    ${rows.length === 0 && html`<p class="quiet">None yet. Without them a booking takes half an hour and has no value in reports.</p>`}
    <div><button type="button" class="button small" onClick=${() => onChange([...rows, blank()])}><${Icon} name="plus" size=${14} />Service</button></div>`;
}
