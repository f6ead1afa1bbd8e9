// Switching a rule on or off, from the list or from its own page.

import { post } from "../core/api.js";
import { done } from "../core/toasts.js";

/** Switches a rule and offers the way back. `take(rule)` hears of each change. */
export async function switchRule(rule, enabled, take) {
  const send = async (of, on) => {
    const after = await post(`/automations/${of.id}/enabled`, { enabled: on, version: of.version });
    take(after);
    return after;
  };
  const after = await send(rule, enabled);
  done(`${rule.name} is ${enabled ? "on" : "off"}`, () => send(after, !enabled));
}
