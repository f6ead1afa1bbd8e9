// A form over some settings: it sends what changed; undo sends the old values back.

import { patch } from "../core/api.js";
import { useDraft } from "../core/draft.js";
import { html, useState } from "../core/html.js";
import { useSession } from "../core/session.js";
import { done } from "../core/toasts.js";
import { Problems } from "./form.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A panel with a form. `fields` renders `(draft, set)`; `read` turns settings into a draft, `write` a draft into the
 * changes to send; both speak of the same part of the settings, so `write(read(settings))` is how to undo. `blocked`
 * says of a draft that it cannot be sent yet.
 */
export function SettingsForm({ title, about, answer, read, write, fields, saved: sentence, blocked = () => false }) {
  const { can } = useSession();
  const before = read(answer.data.settings);
  const draft = useDraft(before);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const current = draft.all;
  const changed = !same(write(current), write(before));
  const send = async (version, values) => {
    const after = await patch("/settings", { version, settings: write(values) });
    answer.set(after);
    return after;
  };
  async function save(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      draft.take();
      const after = await send(answer.data.version, current);
      draft.clear();
      done(sentence, () => send(after.version, before));
    } catch (problem) {
      setError(problem);
      if (problem.code === "stale") answer.reload();
    }
    setBusy(false);
  }
  const readonly = !can("settings:write");
  return html`<form class="panel" aria-label=${title} onSubmit=${save}>
    <h2>${title}</h2>
    ${about && html`<p class="quiet">${about}</p>`}
    <fieldset class="stack" disabled=${readonly}>${fields(current, draft.set)}</fieldset>
    <${Problems} error=${error} />
    ${!readonly && html`<div class="form-actions">
      <button class="button primary" disabled=${busy || !changed || blocked(current)}>${busy ? "Saving" : "Save"}</button>
      ${changed && html`<button type="button" class="button ghost" onClick=${draft.clear}>Discard</button>`}
    </div>`}
  </form>`;
}
