// Why something happened: the delivery, job or request it goes back to.

import { html } from "../core/html.js";
import { useData } from "../core/data.js";
import { link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { causeName, provider, sentence } from "../core/words.js";

/** The first cause if it is a webhook's event, else the nearest one we can name. */
export function Cause({ trace, kind, id }) {
  const { can } = useSession();
  const events = useData(can("log:read") && trace ? "/events" : null, { trace, limit: 50 });
  const origin = events.data?.items.findLast(({ delivery_id }) => delivery_id);
  if (origin) return html`<a href=${link("webhooks", origin.delivery_id)}>Webhook from ${provider(origin.source)}: ${sentence(origin.type)}</a>`;
  if (kind === "job" && can("jobs:read")) return html`<a href=${link("jobs", id)}>A job</a>`;
  return causeName(kind);
}
