// The webhook log: every request that came, genuine or not.

import { usePages } from "../core/data.js";
import { html } from "../core/html.js";
import { link } from "../core/router.js";
import { bytes, provider, statesOf } from "../core/words.js";
import { Answer, Empty, More } from "../parts/answer.js";
import { Pick, Tabs } from "../parts/filters.js";
import { State } from "../parts/state.js";
import { Time } from "../parts/time.js";
import { View } from "../parts/view.js";
import { Webhook } from "./webhook.js";

const SOURCES = ["wix", "clicksend", "twilio", "manychat", "resend"].map((value) => ({ value, label: provider(value) }));
const VERDICTS = [{ value: "", label: "All" }, ...statesOf("verdict")];

export function Page({ id, query }) {
  const pages = usePages("/deliveries", { verdict: query.verdict, source: query.source });
  const filters = html`<${Tabs} name="verdict" label="Verdict" options=${VERDICTS} /><${Pick} name="source" label="Source" options=${SOURCES} />`;
  return html`<${View} title="Webhooks" filters=${filters}
    aside=${id && html`<${Webhook} key=${id} id=${id} back=${link("webhooks", null, query)} />`}>
    <${Answer} of=${pages} isEmpty=${!pages.items?.length} empty=${html`<${Empty} icon="webhooks" title="Nothing has come in">What providers send appears here, forgeries too.<//>`}>
      <ul class="rows">${pages.items?.map((delivery) => html`
        <li key=${delivery.id}><a class="row row-delivery" data-row href=${link("webhooks", delivery.id, query)} aria-current=${delivery.id === id ? "true" : undefined}>
          <span class="row-title">${provider(delivery.source)}</span>
          <span class="row-state"><${State} kind="verdict" of=${delivery.verdict} /></span>
          <span class="row-what">${delivery.reason || html`<code>${delivery.path}</code>`}</span>
          <span class="row-size quiet">${bytes(delivery.body_bytes)}</span>
          <span class="row-when quiet"><${Time} at=${delivery.received_at} /></span>
        </a></li>`)}</ul>
      <${More} pages=${pages} />
    <//>
  <//>`;
}
