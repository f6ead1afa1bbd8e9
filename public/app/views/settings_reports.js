// Which reports are mailed by themselves, and to whom.

import { html } from "../core/html.js";
import { Field } from "../parts/form.js";
import { SettingsForm } from "../parts/settings_form.js";

export function ReportSettings({ answer }) {
  return html`<${SettingsForm} title="Reports by e-mail" answer=${answer} saved="Reports changed"
    about="Mondays and on the first of the month, at nine on your own clock."
    read=${({ reports }) => ({ weekly: reports.weekly, monthly: reports.monthly, to: reports.to.join("\n") })}
    write=${({ weekly, monthly, to }) => ({ reports: { weekly, monthly, to: to.split(/[\n,;]+/).map((each) => each.trim()).filter(Boolean) } })}
    fields=${(draft, set) => html`
      <label class="check"><input type="checkbox" checked=${draft.weekly} onChange=${(event) => set("weekly")(event.target.checked)} />Each week</label>
      <label class="check"><input type="checkbox" checked=${draft.monthly} onChange=${(event) => set("monthly")(event.target.checked)} />Each month</label>
      <${Field} label="To" area="3" value=${draft.to} onInput=${set("to")} placeholder="All owners and admins" hint="One address a line; nobody named means all owners and admins" spellcheck="false" />`} />`;
}
