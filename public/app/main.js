// Starts the dashboard: who is signed in, then the shell around the view of this address.

import { whenSignedOut } from "./core/api.js";
import { html, render, useCallback, useEffect, useMemo, useRef, useState } from "./core/html.js";
import { start, stop } from "./core/live.js";
import { followLinks } from "./core/router.js";
import { forgetMe, remembered, Session, signOut, watchOtherTabs, whoAmI } from "./core/session.js";
import { failed } from "./core/toasts.js";
import { Failure } from "./parts/answer.js";
import { Shell } from "./shell.js";

const SignIn = { current: null };

function App() {
  const [me, setMe] = useState(remembered);
  const [state, setState] = useState(me ? "in" : "asking");
  const [error, setError] = useState(null);

  const refresh = useCallback(async () => {
    try {
      const found = await whoAmI();
      if (!found) SignIn.current ??= (await import("./views/sign_in.js")).SignIn;
      setMe(found);
      setState(found ? "in" : "out");
    } catch (problem) {
      setError(problem);
      setState((was) => (was === "in" ? was : "failed"));
    }
  }, []);

  const [ended, setEnded] = useState(""); // whose session ended by itself
  const leave = useCallback(async (whose = "") => {
    SignIn.current ??= (await import("./views/sign_in.js")).SignIn;
    setEnded(whose);
    forgetMe();
    setMe(null);
    setState("out");
  }, []);
  const last = useRef(me);
  last.current = me ?? last.current;
  const shown = useRef(null);
  shown.current = me?.staff.id ?? null;

  useEffect(() => {
    whenSignedOut(() => leave(last.current?.staff.email));
    refresh();
    return watchOtherTabs(() => shown.current, refresh);
  }, []);

  const who = state === "in" && me ? me.staff.id : null;
  useEffect(() => {
    if (!who) return undefined;
    start(refresh);
    return stop;
  }, [who]);

  const session = useMemo(
    () =>
      me && {
        me,
        can: (permission) => me.permissions.includes(permission),
        refresh,
        signOut: () => signOut().then(() => leave(), failed),
      },
    [me],
  );

  if (state === "failed") return html`<main class="center"><${Failure} error=${error} retry=${refresh} /></main>`;
  if (state === "out") return html`<${SignIn.current} ended=${ended} onSignedIn=${refresh} />`;
  if (!session) return null;
  return html`<${Session.Provider} value=${session}><${Shell} key=${me.staff.id} /></${Session.Provider}>`;
}

followLinks();
render(html`<${App} />`, document.getElementById("app"));
