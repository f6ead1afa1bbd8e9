// Which pages may use the API, and the secrets shared with providers: never shown, only replaced.

import { post } from "../core/api.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done } from "../core/toasts.js";
import { Field, Problems } from "../parts/form.js";
import { SettingsForm } from "../parts/settings_form.js";
import { Time } from "../parts/time.js";

const MADE_HERE = new Set(["clicksend_path_secret", "wix_hmac_secret", "manychat_secret", "webhook_signing_secret"]);

export function Access({ answer }) {
  return html`
    <${SettingsForm} title="Allowed origins" answer=${answer} saved="Allowed origins changed"
      about="Pages elsewhere that may call the API with a signed-in browser. One a line; this dashboard needs none."
      read=${({ allowed_origins }) => ({ text: allowed_origins.join("\n") })}
      write=${({ text }) => ({ allowed_origins: text.split("\n").map((line) => line.trim()).filter(Boolean) })}
      fields=${(draft, set) => html`<${Field} label="Origins" area="3" value=${draft.text} onInput=${set("text")} placeholder="https://www.example.com" spellcheck="false" />`} />
    <section class="panel" aria-labelledby="secrets"><h2 id="secrets">Secrets</h2>
      <p class="quiet">Sealed, and never shown again. After a rotation the old value stays valid beside the new one until the next.</p>
      <ul class="plain secrets">${answer.data.secrets.map((secret) => html`<${Secret} key=${secret.name} secret=${secret} reload=${answer.reload} />`)}</ul>
    </section>`;
}

function Secret({ secret, reload }) {
  const { can } = useSession();
  const [open, setOpen] = useState(false);
  return html`<li class="secret">
    <span class="secret-title">${secret.title}</span>
    <span class="quiet">${secret.set_at ? html`set <${Time} at=${secret.set_at} />` : "not set"}${secret.previous_valid && ", the previous one still counts"}</span>
    ${can("secrets:write") && !open && html`<button type="button" class="button small" aria-label=${`${secret.set_at ? "Rotate" : "Set"}: ${secret.title}`} onClick=${() => setOpen(true)}>${secret.set_at ? "Rotate" : "Set"}</button>`}
    ${open && html`<${Rotation} secret=${secret} close=${() => setOpen(false)} reload=${reload} />`}
  </li>`;
}

function Rotation({ secret, close, reload }) {
  const [value, setValue] = useState("");
  const [keep, setKeep] = useState(true);
  const [made, setMade] = useState(null);
  const [error, setError] = useState(null);
  const ours = MADE_HERE.has(secret.name);
  async function save(event) {
    event.preventDefault();
    setError(null);
    try {
      const answer = await post(`/settings/secrets/${secret.name}`, { value: value.trim() || null, keep_previous: keep });
      done("Secret replaced");
      reload();
      if (answer.value) setMade(answer.value);
      else close();
    } catch (problem) {
      setError(problem);
    }
  }
  if (made) {
    return html`<div class="secret-form stack"><${Field} label="The new value, shown this once" value=${made} onInput=${() => {}} readonly onFocus=${(event) => event.target.select()} />
      <button type="button" class="button" onClick=${close}>I have copied it</button></div>`;
  }
  return html`<form class="secret-form stack" onSubmit=${save} aria-label=${secret.title}>
    <${Field} label="New value" area=${secret.name.endsWith("public_key") ? 5 : undefined} value=${value} onInput=${setValue} autocomplete="off" spellcheck="false" required=${!ours} hint=${ours ? "Leave it blank and we make one up" : undefined} />
    <label class="check"><input type="checkbox" checked=${keep} onChange=${(event) => setKeep(event.target.checked)} />Keep the old value valid until the provider has the new one</label>
    <${Problems} error=${error} />
    <div class="form-actions"><button class="button primary">Replace</button><button type="button" class="button ghost" onClick=${close}>Cancel</button></div>
  </form>`;
}
