// Who is signed in, and what they may do. A copy is kept so that the next visit paints before the server answers.

import { get, remove } from "./api.js";
import { forget } from "./data.js";
import { createContext, useContext } from "./html.js";
import { aheadBy, setAhead, setClock } from "./time.js";

const KEPT = "fd.me";

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
  setClock(me.tenant.time_zone, me.tenant.locale);
  return me;
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
}
