// A part that is fetched when it is first shown.

import { html, useEffect, useState } from "../core/html.js";
import { failed } from "../core/toasts.js";

/** A component that is `name` of what `load` imports; nothing until it is there. */
export function lazily(load, name) {
  let known = null;
  return function Lazy(props) {
    const [Part, setPart] = useState(() => known);
    useEffect(() => {
      if (!known) load().then((module) => setPart(() => (known = module[name])), () => failed(new Error("This part could not be loaded.")));
    }, []);
    return Part && html`<${Part} ...${props} />`;
  };
}
