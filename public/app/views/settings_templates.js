// What messages say: the words, and beside them how they look filled in, in how many segments, at what cost.

import { post, put, remove } from "../core/api.js";
import { useData, useSettled } from "../core/data.js";
import { useDraft } from "../core/draft.js";
import { html, useEffect, useMemo, useRef, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { money, nameOf, plural, templateName } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { Field, Problems } from "../parts/form.js";

const TYPED_MS = 250;
const pathOf = ({ key, channel }) => `/templates/${key}/${channel}`;
const words = ({ subject, body }) => ({ subject, body });

export function Templates() {
  const templates = useData("/templates");
  const [open, setOpen] = useState(null);
  const items = templates.data?.items ?? [];
  const latest = useRef(templates); // an undo comes when the list may be another
  latest.current = templates;
  const take = (before) => (after) => {
    const { data, set } = latest.current;
    set({ ...data, items: data.items.map((each) => (pathOf(each) === pathOf(before) ? after : each)).filter(Boolean) });
  };
  return html`<div class="settings wide-panel"><${Answer} of=${templates} rows=${6}>
    ${items.map((template) => html`<section class="panel" key=${pathOf(template)} aria-label=${titleOf(template)}>
      <div class="panel-head"><h2>${titleOf(template)} ${template.own && html`<span class="chip" data-tone="busy">own words</span>`}</h2>
        <button type="button" class="button small" aria-expanded=${open === pathOf(template)} aria-label=${`${open === pathOf(template) ? "Close" : "Open"} ${titleOf(template)}`}
          onClick=${() => setOpen(open === pathOf(template) ? null : pathOf(template))}>${open === pathOf(template) ? "Close" : "Open"}</button></div>
      ${open === pathOf(template) ? html`<${Editor} template=${template} take=${take(template)} />` : html`<p class="quiet clip">${template.body}</p>`}
    </section>`)}
  <//></div>`;
}

const titleOf = ({ key, channel }) => `${templateName(key)}, ${channel === "sms" ? "text" : "e-mail"}`;

function Editor({ template, take }) {
  const { can } = useSession();
  const { all: draft, set, changed, take: taken, clear } = useDraft(words(template));
  const [error, setError] = useState(null);
  const write = async (version, given) => {
    const after = await put(pathOf(template), { version, ...given });
    take(after);
    clear();
    return after;
  };
  async function save(event) {
    event.preventDefault();
    setError(null);
    try {
      taken();
      const after = await write(template.version, draft);
      done("Words changed", template.own ? () => write(after.version, words(template)) : async () => take(await remove(pathOf(template))));
    } catch (problem) {
      setError(problem);
    }
  }
  async function reset() {
    try {
      const after = await remove(pathOf(template));
      take(after);
      clear();
      done("Back to the default words", () => write(after?.version ?? 0, words(template)));
    } catch (problem) {
      failed(problem);
    }
  }
  const writable = can("templates:write");
  return html`<form class="template stack" onSubmit=${save} aria-label=${titleOf(template)}>
    <div class="stack">
      ${template.channel === "email" && html`<${Field} label="Subject" value=${draft.subject} onInput=${set("subject")} maxlength="500" disabled=${!writable} />`}
      <${Field} label="Words" area=${template.channel === "email" ? 9 : 5} value=${draft.body} onInput=${set("body")} disabled=${!writable} spellcheck="true"
        hint=${`You can use ${template.variables.map((name) => `{{ ${name} }}`).join(", ")}`} />
      <${Problems} error=${error} />
      ${writable && html`<div class="form-actions">
        <button class="button primary" disabled=${!changed.length || !draft.body.trim()}>Save</button>
        ${template.own && template.default && html`<button type="button" class="button ghost" onClick=${reset}>Use the default words</button>`}</div>`}
    </div>
    <${Preview} channel=${template.channel} draft=${draft} />
  </form>`;
}

/** As the latest contacts would get it, or an example where there is nobody. */
function Preview({ channel, draft }) {
  const { me, can } = useSession();
  const settled = useSettled(useMemo(() => words(draft), [draft.subject, draft.body]), TYPED_MS);
  const contacts = useData(can("contacts:read") ? "/contacts" : null, { limit: 20 });
  const [contact, setContact] = useState("");
  const [seen, setSeen] = useState(null);
  useEffect(() => {
    let wanted = true;
    if (!settled.body.trim()) return undefined;
    post("/templates/preview", { channel, ...settled, contact_id: contact || null }).then(
      (answer) => wanted && setSeen(answer),
      (problem) => wanted && setSeen({ problems: [{ message: problem.message }] }),
    );
    return () => (wanted = false);
  }, [settled, contact, channel]);
  return html`<div class="stack preview">
    <label class="pick"><span class="unseen">Preview for</span><select onChange=${(event) => setContact(event.target.value)}>
      <option value="">For an example</option>
      ${contacts.data?.items.map((person) => html`<option key=${person.id} value=${person.id}>For ${nameOf(person)}</option>`)}</select></label>
    <div role="status" class="stack">
      ${seen?.subject && html`<p><strong>${seen.subject}</strong></p>`}
      ${seen?.body && html`<p class="bubble">${seen.body}</p>`}
      ${seen?.segments > 0 && html`<p class="quiet">${plural(seen.segments, "segment")}, ${money(seen.cost_micros, me.tenant.currency, me.tenant.locale)}${seen.encoding === "ucs2" ? ", because of a character that texts do not have" : ""}</p>`}
      ${seen?.problems.map((problem) => html`<p class="field-error" key=${problem.message}>${problem.line ? `Line ${problem.line}: ` : ""}${problem.message}</p>`)}
    </div>
  </div>`;
}
