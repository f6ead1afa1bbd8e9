// A word when the live line is down for longer than a blink; what is on the screen may be old then.

import { html, useEffect, useState } from "../core/html.js";
import { useLine } from "../core/live.js";

const A_BLINK_MS = 3000;

export function LineState() {
  const line = useLine();
  const up = ["open", "off"].includes(line);
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (up) return void setTold(false);
    const timer = setTimeout(() => setTold(true), A_BLINK_MS);
    return () => clearTimeout(timer);
  }, [up]);
  return html`<div class="line-state" role="status" data-line=${line}>${told && html`<span>${navigator.onLine ? "Reconnecting…" : "Offline"}</span>`}</div>`;
}
