// What the gate says about a draft, asked a moment after the last key; the last answer stays until the next is there.

import { post } from "../core/api.js";
import { useSettled } from "../core/data.js";
import { useEffect, useRef, useState } from "../core/html.js";

const WAIT_MS = 180;

/** {data, error, fresh} for `words`, the body of a message to be; nothing for null. */
export function usePreview(contactId, words) {
  const wanted = useSettled(words && JSON.stringify(words), WAIT_MS);
  const [answer, setAnswer] = useState({ of: null, data: null, error: null });
  const number = useRef(0);
  useEffect(() => {
    const mine = ++number.current;
    if (!wanted) return setAnswer({ of: null, data: null, error: null });
    const settle = (found) => number.current === mine && setAnswer(found);
    post(`/contacts/${contactId}/messages/preview`, JSON.parse(wanted)).then(
      (data) => settle({ of: wanted, data, error: null }),
      (error) => settle({ of: wanted, data: null, error }),
    );
  }, [contactId, wanted]);
  return { ...answer, fresh: !!words && answer.of === JSON.stringify(words) };
}
