// The bell: how many notices wait, and the list behind it; beside the business's name, on a phone in the page's head.

import { useData } from "../core/data.js";
import { html, useEffect, useState } from "../core/html.js";
import { NARROW, useMedia } from "../core/media.js";
import { go } from "../core/router.js";
import { Icon } from "./icon.js";

const MOST = 99;
const first = { limit: 30 };

/** `narrow`: where this one stands. Only one of them is there at a time. */
export function Bell({ narrow = false }) {
  return useMedia(NARROW) === narrow ? html`<${Button} />` : null;
}

function Button() {
  const answer = useData("/notices", first);
  const [List, setList] = useState(null); // its code comes when it is first opened
  const unread = answer.data?.unread ?? 0;
  useEffect(() => {
    const asked = ({ data }) => data?.go?.startsWith("/app/") && go(data.go); // a push was tapped
    navigator.serviceWorker?.addEventListener("message", asked);
    if (localStorage.getItem("fd.push")) import("../core/push.js").then(({ renew }) => renew()).catch(() => {});
    return () => navigator.serviceWorker?.removeEventListener("message", asked);
  }, []);
  async function open() {
    const { NoticeList } = await import("./notices.js");
    setList(() => NoticeList);
  }
  const says = unread ? `Notices, ${unread > MOST ? `more than ${MOST}` : unread} unread` : "Notices";
  return html`
    <button type="button" class="button ghost icon-only bell" aria-label=${says} title=${says} aria-haspopup="dialog" onClick=${open}>
      <${Icon} name="bell" />${unread > 0 && html`<span class="bell-count" aria-hidden="true">${unread > MOST ? `${MOST}+` : unread}</span>`}
    </button>
    ${List && html`<${List} answer=${answer} onClose=${() => setList(null)} />`}`;
}
