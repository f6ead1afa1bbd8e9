// The proof that the figures are the facts: every day reckoned anew and compared.

import { post } from "../core/api.js";
import { useData } from "../core/data.js";
import { html, useEffect, useState } from "../core/html.js";
import { done, failed } from "../core/toasts.js";
import { plural } from "../core/words.js";
import { Icon } from "../parts/icon.js";
import { Time } from "../parts/time.js";

const LOOK_MS = 1500;

export function Proof() {
  const answer = useData("/reports/rebuild");
  const [busy, setBusy] = useState(false);
  const proof = answer.data;
  const running = proof?.state === "running";
  useEffect(() => {
    if (!running) return undefined;
    const timer = setTimeout(answer.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [running, proof]);
  async function begin() {
    setBusy(true);
    try {
      answer.set(await post("/reports/rebuild", {}));
      done("Reckoning every day anew");
    } catch (problem) {
      failed(problem);
    }
    setBusy(false);
  }
  return html`<section class="panel proof" aria-labelledby="proof"><div class="panel-head"><h2 id="proof">Are the figures right?</h2>
      <button type="button" class="button small" disabled=${busy || running || !proof} onClick=${begin}>${running ? "Reckoning" : "Reckon anew"}</button></div>
    <p role="status">${proof ? said(proof) : html`<span class="quiet">${answer.error ? answer.error.message : "Looking it up"}</span>`}</p>
    ${proof?.differences?.length > 0 && html`<ul class="plain differences">${proof.differences.slice(0, 20).map((each, n) => html`<li key=${n}><code>${Object.values(each).map((value) => (typeof value === "object" ? JSON.stringify(value) : value)).join(" · ")}</code></li>`)}</ul>`}
  </section>`;
}

function said({ state, equal, days, found, finished_at: finished }) {
  if (state === "never") return html`<span class="quiet">Reports are kept up to date day by day. This reckons every day from the facts and compares.</span>`;
  if (state === "running") return html`<span>${plural(days, "day")} compared so far${found ? `, ${plural(found, "difference")}` : ""}.</span>`;
  if (state === "failed") return html`<span class="state" data-tone="bad"><${Icon} name="warn" size=${14} />It did not come to an end. Try it again.</span>`;
  return equal
    ? html`<span class="state" data-tone="good"><${Icon} name="check" size=${14} />All ${plural(days, "day")} are as the facts say</span> <span class="quiet"><${Time} at=${finished} /></span>`
    : html`<span class="state" data-tone="warn"><${Icon} name="warn" size=${14} />${plural(found, "figure")} differed and ${found === 1 ? "is" : "are"} put right</span> <span class="quiet"><${Time} at=${finished} /></span>`;
}
