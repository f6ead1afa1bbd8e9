// Settings, a section an address; what a role may only read is shown without its buttons.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { go, link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { sentence } from "../core/words.js";
import { Answer, Empty } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Theme } from "../parts/help.js";
import { View } from "../parts/view.js";
import { Audit } from "./settings_audit.js";
import { Access } from "./settings_access.js";
import { Hours } from "./settings_hours.js";
import { Messaging } from "./settings_messaging.js";
import { ReportSettings } from "./settings_reports.js";
import { Senders } from "./settings_senders.js";
import { Services } from "./settings_offers.js";
import { Staff } from "./settings_staff.js";
import { Templates } from "./settings_templates.js";

const SECTIONS = [
  { name: "business", title: "Business", Section: Business },
  { name: "hours", title: "Hours", Section: Hours },
  { name: "services", title: "Services", Section: Services },
  { name: "messaging", title: "Messaging", Section: Messaging },
  { name: "senders", title: "Senders", Section: Senders },
  { name: "templates", title: "Templates", may: "templates:read", Section: Templates, alone: true },
  { name: "reports", title: "Reports", Section: ReportSettings },
  { name: "access", title: "Access and secrets", Section: Access },
  { name: "staff", title: "Staff", may: "staff:read", Section: Staff, alone: true },
  { name: "audit", title: "Audit log", may: "audit:read", Section: Audit, alone: true },
];

export function Page({ id }) {
  const { can } = useSession();
  const sections = SECTIONS.filter(({ may }) => !may || can(may));
  const current = sections.find(({ name }) => name === (id ?? "business"));
  const answer = useData("/settings");
  const there = (name) => link("settings", name === "business" ? null : name);
  const filters = html`
    <label class="pick section-pick"><span class="unseen">Section</span>
      <select value=${current?.name} onChange=${(event) => go(there(event.target.value))}>${sections.map(({ name, title }) => html`<option key=${name} value=${name} selected=${name === current?.name}>${title}</option>`)}</select></label>
    <nav class="tabs section-tabs" aria-label="Section">${sections.map(({ name, title }) => html`
    <a key=${name} href=${there(name)} aria-current=${current?.name === name ? "true" : undefined}>${title}</a>`)}</nav>`;
  return html`<${View} title="Settings" filters=${filters}>
    ${!current && html`<${Empty} icon="settings" title="There is no such section" />`}
    ${current?.alone && html`<${current.Section} />`}
    ${current && !can("settings:write") && html`<p class="quiet role-note">Your role reads the settings; owners and administrators change them.</p>`}
    ${current && !current.alone && html`<${Answer} of=${answer} rows=${6}>
      ${answer.data && html`<div class="settings"><${current.Section} answer=${answer} tenant=${answer.data} settings=${answer.data.settings} /></div>`}<//>`}
  <//>`;
}

function Business({ tenant, settings }) {
  return html`
    <section class="panel" aria-labelledby="business"><h2 id="business">${tenant.name}</h2>
      <p class="quiet">These are set when the business is installed.</p>
      <${Facts} rows=${[
        ["Kind", sentence(tenant.kind)],
        ["Address here", html`<code>${location.host}</code>`],
        ["Own domains", tenant.domains.length ? tenant.domains.join(", ") : "None"],
        ["Time zone", tenant.time_zone],
        ["Country", tenant.country],
        ["Currency", tenant.currency],
        ["Language", tenant.locale],
        ["Wix instance", settings.wix_instance && html`<code>${settings.wix_instance}</code>`],
        ["Raw webhooks are kept", `${settings.keep_raw_days} days`],
      ]} />
    </section>
    <section class="panel" aria-labelledby="appearance"><h2 id="appearance">Appearance</h2><${Theme} /></section>`;
}
