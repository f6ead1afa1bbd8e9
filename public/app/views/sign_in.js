// Signing in: an address, then the six digits that were mailed to it.

import { post } from "../core/api.js";
import { html, useEffect, useRef, useState } from "../core/html.js";

const RESEND_S = 30;

/** `ended`: the address of somebody whose session ended by itself; they go on where they were. */
export function SignIn({ ended, onSignedIn }) {
  const [email, setEmail] = useState(ended);
  const [asked, setAsked] = useState(null);
  useEffect(() => (document.title = "Sign in · Frontdesk") && undefined, []);
  return html`<main class="center"><div class="card sign-in">
    <span class="brand-mark large" aria-hidden="true">F</span>
    ${asked
      ? html`<${Code} key=${asked.sign_in_id} email=${email} asked=${asked} onAsked=${setAsked} onSignedIn=${onSignedIn} back=${() => setAsked(null)} />`
      : html`<${Address} ended=${ended} email=${email} setEmail=${setEmail} onAsked=${setAsked} />`}
  </div></main>`;
}

const ask = (email) => post("/auth/codes", { email: email.trim() });

function Address({ ended, email, setEmail, onAsked }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const input = useRef(null);
  useEffect(() => input.current.focus(), []);
  async function submit(event) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onAsked(await ask(email));
    } catch (problem) {
      setError(problem.fields?.email ? "This is not an e-mail address." : problem.message);
      setBusy(false);
      input.current?.focus();
    }
  }
  return html`
    <h1>Sign in</h1>
    ${ended && html`<p role="status"><strong>Your session has ended.</strong> Sign in again to go on where you were.</p>`}
    <p class="quiet">We send a six-digit code to your work address. There is no password.</p>
    <form onSubmit=${submit} novalidate>
      <label class="field"><span>E-mail</span>
        <input ref=${input} type="email" name="email" autocomplete="username" inputmode="email" required value=${email}
          onInput=${(event) => setEmail(event.target.value)} aria-invalid=${error ? "true" : undefined} aria-describedby="why" />
      </label>
      <p id="why" class="field-error" role="alert">${error}</p>
      <button class="button primary wide" disabled=${busy || !email.trim()}>${busy ? "Sending" : "Send code"}</button>
    </form>`;
}

function Code({ email, asked, onAsked, onSignedIn, back }) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const [spent, setSpent] = useState(false);
  const [wait, setWait] = useState(RESEND_S);
  const input = useRef(null);
  useEffect(() => input.current.focus(), []);
  useEffect(() => {
    const timer = wait > 0 && setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  async function submit(digits) {
    if (busy || digits.length !== 6) return;
    setBusy(true);
    setError(null);
    try {
      await post("/auth/sessions", { sign_in_id: asked.sign_in_id, code: digits });
      await onSignedIn();
    } catch (problem) {
      setSpent(problem.code === "spent_code");
      setError(problem.code === "wrong_code" ? "This is not the code. Check the latest mail and try again." : problem.message);
      setCode("");
      setBusy(false);
      setTimeout(() => input.current?.focus());
    }
  }
  // Pasted text may be the whole line of the mail; what counts is its digits.
  function type(event) {
    const digits = event.target.value.replace(/\D/g, "").slice(0, 6);
    event.target.value = digits;
    setCode(digits);
    submit(digits);
  }
  async function resend() {
    setError(null);
    try {
      onAsked(await ask(email));
    } catch (problem) {
      setError(problem.message);
    }
  }
  return html`
    <h1>Enter the code</h1>
    <p class="quiet">If <strong>${email.trim()}</strong> works here, a code is on its way. It is good for ${Math.round(asked.expires_in / 60)} minutes.</p>
    <form onSubmit=${(event) => (event.preventDefault(), submit(code))}>
      <label class="field"><span>Code</span>
        <input ref=${input} class="code" inputmode="numeric" autocomplete="one-time-code" name="code" value=${code} onInput=${type}
          disabled=${busy || spent} aria-invalid=${error ? "true" : undefined} aria-describedby="why" />
      </label>
      <p id="why" class="field-error" role="alert">${error}</p>
      <button class="button primary wide" disabled=${busy || code.length !== 6}>${busy ? "Signing in" : "Sign in"}</button>
    </form>
    <div class="sign-in-more">
      <button type="button" class="button ghost" onClick=${back}>Another address</button>
      <button type="button" class="button ghost" disabled=${wait > 0} onClick=${resend}>${wait > 0 ? `Send again in ${wait} s` : "Send again"}</button>
    </div>`;
}
