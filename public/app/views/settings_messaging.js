// When people are reminded, when they are left in peace, and how much is enough.

import { html } from "../core/html.js";
import { Field } from "../parts/form.js";
import { SettingsForm } from "../parts/settings_form.js";

const number = (text) => (String(text).trim() === "" ? null : Number(text));

export function Messaging({ answer }) {
  return html`
    <${SettingsForm} title="Reminders" answer=${answer} saved="Reminders changed"
      about="Hours before a booking begins. Bookings made from now on follow it; what is planned already stays."
      read=${({ reminder_hours }) => ({ hours: reminder_hours.join(", ") })}
      write=${({ hours }) => ({ reminder_hours: [...new Set(hours.split(/[,\s]+/).filter(Boolean).map(Number))].sort((a, b) => b - a) })}
      fields=${(draft, set) => html`<${Field} label="Hours before" value=${draft.hours} onInput=${set("hours")} hint="Up to six, for example 48, 24, 2" inputmode="numeric" />`} />
    <${SettingsForm} title="Quiet hours" answer=${answer} saved="Quiet hours changed"
      about="No reminders or marketing by text in between, on the recipient's clock. They wait, they are not dropped."
      read=${({ quiet_hours }) => ({ on: quiet_hours !== null, start: quiet_hours?.start ?? "21:00", end: quiet_hours?.end ?? "08:00" })}
      write=${({ on, start, end }) => ({ quiet_hours: on ? { start, end } : null })}
      fields=${(draft, set) => html`
        <label class="check"><input type="checkbox" checked=${draft.on} onChange=${(event) => set("on")(event.target.checked)} />Keep quiet hours</label>
        ${draft.on && html`<div class="pair">
          <${Field} label="From" type="time" value=${draft.start} onInput=${set("start")} required />
          <${Field} label="Until" type="time" value=${draft.end} onInput=${set("end")} required /></div>`}`} />
    <${SettingsForm} title="Limits" answer=${answer} saved="Limits changed"
      about="The most one person gets in 24 hours, and how long the same words are not sent again."
      read=${({ caps, duplicate_window_minutes }) => ({ ...caps, window: duplicate_window_minutes })}
      write=${({ service, marketing, window }) => ({ caps: { service: number(service), marketing: number(marketing) }, duplicate_window_minutes: number(window) })}
      fields=${(draft, set) => html`<div class="trio">
        <${Field} label="Service messages" type="number" min="0" max="100" value=${draft.service} onInput=${set("service")} required />
        <${Field} label="Marketing messages" type="number" min="0" max="100" value=${draft.marketing} onInput=${set("marketing")} required />
        <${Field} label="Same words, minutes" type="number" min="0" max="1440" value=${draft.window} onInput=${set("window")} required /></div>`} />
    <${SettingsForm} title="Answer to HELP" answer=${answer} saved="Answer to HELP changed"
      about="Sent to whoever texts HELP. Without one, we say who this is and how to stop."
      read=${({ help_text }) => ({ help_text })} write=${({ help_text }) => ({ help_text })}
      fields=${(draft, set) => html`<${Field} label="Text" area="3" maxlength="300" value=${draft.help_text} onInput=${set("help_text")} hint=${`${draft.help_text.length} of 300`} />`} />`;
}
