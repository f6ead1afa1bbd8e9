// "Why?": the way from any effect to the page that shows the chain down to its webhook.

import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";

/** What can be asked about, and how its steps are named in an address: `message-<id>`. */
export const KINDS = ["message", "task", "move", "run", "event", "job", "booking"];

/** The address of an effect's story. `kind`: message, task, move, run, event, job or booking. */
export const whyLink = (kind, id) => link("trace", `${kind}-${id}`);

/** A quiet link, for those who may look; nothing for others. `what` says whose story it is to those who only hear it. */
export function Why({ kind, id, what = kind, children = "Why?" }) {
  const { can } = useSession();
  if (!id || !can("automations:read")) return null;
  return html`<a class="why-link" href=${whyLink(kind, id)} title="Why did this happen?">${children}<span class="unseen"> ${`(this ${what})`}</span></a>`;
}
