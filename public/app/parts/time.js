// An instant: short to read, exact on hover, machine-readable underneath.

import { html } from "../core/html.js";
import { ago, exact, when } from "../core/time.js";

export const Time = ({ at, relative }) => (at ? html`<time datetime=${new Date(at).toISOString()} title=${exact(at)}>${relative ? ago(at) : when(at)}</time>` : null);
