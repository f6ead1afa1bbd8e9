// Under the words: how long they are, what they cost, when they will really go out and why.

import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { clock, dayKey, present, shortDay } from "../core/time.js";
import { because, money, named, plural } from "../core/words.js";
import { Icon } from "./icon.js";

export function ComposerStatus({ preview, written, sendAt, hint }) {
  const { me } = useSession();
  const { data, error, fresh } = preview;
  if (!written) return html`<p class="composer-status quiet">${sendAt ? `To be sent ${atWords(sendAt)}` : firstUp(named(hint))}</p>`;
  if (error) return html`<p class="composer-status" role="status"><span class="state" data-tone="bad"><${Icon} name="warn" size=${14} />${error.message}</span></p>`;
  if (!data) return html`<p class="composer-status quiet" role="status"></p>`;
  const size = data.segments ? `${plural(data.segments, "segment")}, ${plural(data.characters, "character")}` : "";
  const cost = data.cost_micros ? money(data.cost_micros, data.currency ?? me.tenant.currency, me.tenant.locale) : "";
  const [tone, icon, words] = fate(data);
  return html`<p class="composer-status" role="status" data-fresh=${fresh}>
    <span class="state" data-tone=${tone}><${Icon} name=${icon} size=${14} />${words}</span>
    <span class="quiet">${[size, cost, data.encoding === "ucs2" ? "special characters" : ""].filter(Boolean).join(" · ")}</span></p>`;
}

function fate({ would, at, reason, detail }) {
  if (would === "skip") return ["bad", "warn", `Would not go out: ${detail || because(reason)}`];
  if (would === "wait") return ["warn", "clock", `Goes out ${atWords(at)}${reason || detail ? `: ${detail || because(reason)}` : ""}`];
  return ["good", "send", "Goes out now"];
}

const firstUp = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const atWords = (at) => (dayKey(at) === dayKey(present()) ? `at ${clock(at)}` : `${shortDay(at)}, ${clock(at)}`);
