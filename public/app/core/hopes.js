// Changes shown before the server has agreed: laid over the rows of an answer until it has caught up with them.

import { useRef, useState } from "./html.js";
import { dismiss, done, failed } from "./toasts.js";

/**
 * `over(rows)` lays what we hope for over rows with id and version. `change(row, fields, ...)` shows `fields` at
 * once and offers the way back as a toast; `doing(row)` and `back(row)` get the row as it is by then and return it
 * as it became. Changes of one row go out one after the other. A hope ends when a row at least as new arrives; a
 * refused one is taken back and told.
 */
export function useHopes(onSettled = () => {}) {
  const hopes = useRef(new Map()); // id -> {fields, version: null while it is on its way}
  const tails = useRef(new Map()); // id -> the promise of the row after its latest change
  const [, paint] = useState(0);
  const settled = useRef(onSettled); // what is asked again is what is on the screen by then
  settled.current = onSettled;

  function over(rows) {
    return rows?.map((row) => {
      const hope = hopes.current.get(row.id);
      return !hope || (hope.version !== null && row.version >= hope.version) ? row : { ...row, ...hope.fields };
    });
  }

  async function latest(row) {
    const tail = await tails.current.get(row.id)?.catch(() => null);
    return tail && tail.version > row.version ? tail : row;
  }

  function send(row, fields, doing) {
    const before = hopes.current.get(row.id);
    const holds = before && (before.version === null || before.version >= row.version);
    const hope = { fields: { ...(holds && before.fields), ...fields }, version: null };
    hopes.current.set(row.id, hope);
    paint((count) => count + 1);
    const sending = latest(row).then(doing);
    tails.current.set(row.id, sending);
    sending
      .then((saved) => Object.assign(hope, { fields: saved, version: saved.version }), () => hopes.current.get(row.id) === hope && hopes.current.delete(row.id))
      .then(() => (paint((count) => count + 1), settled.current()));
    return sending;
  }

  /** The row as it became, or null when it was refused. */
  async function change(row, fields, { doing, back, says }) {
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]]));
    const sending = send(row, fields, doing);
    const toast = done(says, back && (async () => send(await sending, before, back)));
    try {
      return await sending;
    } catch (problem) {
      dismiss(toast);
      failed(problem);
      return null;
    }
  }
  /** As `change`, but nothing is said unless it is refused. */
  const quietly = (row, fields, doing) => send(row, fields, doing).catch(failed);
  return { over, change, quietly };
}
