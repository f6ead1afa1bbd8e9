// Who is signed in, and what they may do. A copy is kept so that the next visit paints before the server answers.

import { get, remove } from "./api.js";
import { forget } from "./data.js";
import { forgetDrafts } from "./draft.js";
import { createContext, useContext } from "./html.js";
import { aheadBy, setAhead, setClock } from "./time.js";
import { forgetToasts } from "./toasts.js";

const KEPT = "fd.me";
let whose = null; // the person this page belongs to: what it remembers is theirs

export const Session = createContext(null);

/** {me, can(permission), refresh, signOut} */
export const useSession = () => useContext(Session);

/** The last visitor's card, or null. It opens nothing: every answer still needs the cookie. */
export function remembered() {
  try {
    const me = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (!me?.tenant?.slug || !me.staff || !Array.isArray(me.permissions)) return null;
    setAhead(Number(me.ahead) || 0);
    return take(me);
  } catch {
    return null;
  }
}

function take(me) {
  if (whose !== me.staff.id) for (const leave of [forget, forgetDrafts, forgetToasts]) leave();
  whose = me.staff.id;
  setClock(me.tenant.time_zone, me.tenant.locale);
  return me;
}

/** `changed()` hears when another tab shows somebody else than `shown()`, the id of whom this one shows. Returns how to stop. */
export function watchOtherTabs(shown, changed) {
  const look = ({ key, newValue }) => key === KEPT && idIn(newValue) !== shown() && changed();
  addEventListener("storage", look);
  return () => removeEventListener("storage", look);
}

function idIn(card) {
  try {
    return JSON.parse(card)?.staff.id ?? null;
  } catch {
    return null;
  }
}

/** Asks the server who we are; null when nobody is signed in. */
export async function whoAmI() {
  try {
    const asked = Date.now();
    const me = take(await get("/me"));
    setAhead(me.now - (asked + Date.now()) / 2);
    try {
      localStorage.setItem(KEPT, JSON.stringify({ ...me, ahead: aheadBy() }));
    } catch {
      // Private windows may refuse; then the next visit waits for the server.
    }
    return me;
  } catch (error) {
    if (error.status !== 401) throw error;
    forgetMe();
    return null;
  }
}

export function forgetMe() {
  forget();
  try {
    localStorage.removeItem(KEPT);
    sessionStorage.removeItem("fd.push.renewed"); // the next session tells of this device anew: core/push.js
  } catch {
    // Nothing was kept then.
  }
}

export async function signOut() {
  await remove("/auth/sessions/current");
  forgetMe();
  forgetDrafts();
}
