// The product's own API from its own pages: the cookie says who, JSON says what, problems come back as errors.

const BASE = "/api/v1";

/** A refusal as RFC 9457 describes it. `fields`: message by field name. */
class Problem extends Error {
  constructor(status, body) {
    super((status < 500 && body.detail) || body.title || "Something went wrong");
    this.status = status;
    this.code = body.code ?? "unknown";
    this.trace = body.trace_id ?? "";
    this.contact = body.contact_id || ""; // who is in the way
    this.fields = Object.fromEntries((body.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

let onSignedOut = () => {};
/** Who is told when a session has ended. */
export const whenSignedOut = (listener) => (onSignedOut = listener);

const OFFLINE = { title: "No connection", detail: "The server could not be reached.", code: "offline" };
const SILENT = { title: "No answer", detail: "The server did not answer in time.", code: "silent" };
const PATIENCE_MS = 30_000; // with a question; a change may have been made, so its answer is waited for

async function call(method, path, { body, query, signal } = {}) {
  const url = new URL(BASE + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const patience = method === "GET" ? AbortSignal.timeout(PATIENCE_MS) : null;
  const signals = [signal, patience].filter(Boolean);
  const init = { method, signal: signals.length ? AbortSignal.any(signals) : undefined, credentials: "same-origin", headers: { accept: "application/json" } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["content-type"] = "application/json";
  }
  let response, text;
  try {
    response = await fetch(url, init);
    text = await response.text(); // the line may break in the middle
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, patience?.aborted ? SILENT : OFFLINE);
  }
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new Problem(response.status, { title: "The answer could not be read", code: "unreadable" });
  }
  if (response.ok) return answer;
  const problem = new Problem(response.status, answer ?? {});
  if (problem.code === "unauthenticated" && path !== "/me") onSignedOut();
  throw problem;
}

/** A key for something that is to be made once, however often it is asked for: the answer to the first may be lost. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const get = (path, query, signal) => call("GET", path, { query, signal });
export const post = (path, body) => call("POST", path, { body });
export const put = (path, body) => call("PUT", path, { body });
export const patch = (path, body) => call("PATCH", path, { body });
export const remove = (path) => call("DELETE", path);
