// A score from 0 to 100 with what it is made of, on demand.

import { html } from "../core/html.js";
import { named } from "../core/words.js";
import { reveal } from "./menu.js";

const toneOf = (score) => (score >= 70 ? "high" : score >= 40 ? "mid" : "low");
const signed = (points) => (points > 0 ? `+${points}` : String(points).replace("-", "−"));

/** Three bars, filled by how high the score is. Decoration: the number says it. */
export const Bars = ({ score }) => html`<span class="bars" data-level=${toneOf(score)} aria-hidden="true"><i></i><i></i><i></i></span>`;

/** The score as a button that opens its reasons. */
export function Score({ label, score, reasons, short }) {
  const open = (event) => {
    event.preventDefault();
    reveal(event.currentTarget, `${label} ${score} of 100`, html`<${Reasons} reasons=${reasons} />`);
  };
  return html`<button type="button" class="score" title=${`${label} ${score}: why?`} aria-label=${`${label} ${score}. Why?`} onClick=${open}>
    <${Bars} score=${score} />${!short && html`<span>${score}</span>`}</button>`;
}

export const Reasons = ({ reasons }) =>
  reasons?.length
    ? html`<ul class="reasons">${reasons.map(({ label, points }, n) => html`<li key=${n}><span>${named(label)}</span><span class="points" data-sign=${Math.sign(points)}>${signed(points)}</span></li>`)}</ul>`
    : html`<p class="quiet reasons-none">Nothing speaks for or against it yet.</p>`;

/** A score as a bar over its reasons, for a page. */
export const Meter = ({ label, score }) => html`<div class="meter" data-level=${toneOf(score)} role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${score}>
  <span class="meter-bar"><i style=${`width:${score}%`}></i></span><span class="meter-value">${score}</span></div>`;
