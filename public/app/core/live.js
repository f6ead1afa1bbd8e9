// The live socket: hints of what was committed, from the tenant's Durable Object; never the facts themselves.
//
// Views need nothing of this: core/data.js asks stale answers again.
// The server says, in this order: what was missed ({"type":"events","seq","items"} or {"type":"reload","seq"}), then
// {"type":"hello","seq"}, then events as they are committed. `seq` is how far we have heard; a new socket says it.

import { get } from "./api.js";
import { doubt, heard } from "./fresh.js";
import { useEffect, useState } from "./html.js";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const TOO_MANY_MS = 60_000;
const PING_MS = 25_000;
const PONG_MS = 8_000; // a line that says nothing for so long after a ping is dead
const SIGNED_OUT = 4401;
const ROLE_CHANGED = 4403;
const TOO_MANY = 4429;

let socket = null;
let seq = null;
let tries = 0;
let timer = 0;
let pinging = 0;
let waiting = 0;
let onRole = () => {};
let state = "off"; // off, connecting, open, waiting
const watchers = new Set();

function become(name) {
  state = name;
  watchers.forEach((watch) => watch(name));
}

/** Listens for everybody on this page. `changed` hears that our own role is another. */
export function start(changed) {
  onRole = changed;
  addEventListener("online", now);
  addEventListener("offline", drop);
  document.addEventListener("visibilitychange", look);
  connect();
}

/** Hangs up, and forgets how far we have heard: another person may sign in on this page. */
export function stop() {
  removeEventListener("online", now);
  removeEventListener("offline", drop);
  document.removeEventListener("visibilitychange", look);
  hangUp();
  [seq, tries] = [null, 0];
  become("off");
}

/** The state of the line: off, connecting, open or waiting. */
export function useLine() {
  const [name, setName] = useState(state);
  useEffect(() => {
    setName(state);
    watchers.add(setName);
    return () => watchers.delete(setName);
  }, []);
  return name;
}

function hangUp() {
  clearTimeout(timer);
  clearInterval(pinging);
  clearTimeout(waiting);
  waiting = 0;
  const old = socket;
  socket = null; // what it still says is not ours
  old?.close();
}

function connect() {
  hangUp();
  become("connecting");
  const address = new URL("/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (seq !== null) address.searchParams.set("since", seq);
  const mine = (socket = new WebSocket(address));
  mine.onmessage = ({ data }) => mine === socket && hear(data);
  mine.onclose = ({ code }) => mine === socket && lost(code);
}

function hear(text) {
  clearTimeout(waiting);
  waiting = 0;
  if (text === "pong") return;
  const message = JSON.parse(text);
  if (message.type === "events") {
    heard(message.items);
  } else if (message.type === "reload" || (message.type === "hello" && seq === null)) {
    doubt(); // what was asked for before we listened may be old by now
  }
  seq = message.seq;
  if (message.type === "hello") {
    tries = 0;
    clearInterval(pinging);
    pinging = setInterval(() => document.visibilityState === "visible" && ping(), PING_MS);
    become("open");
  }
}

/** Whether anybody is there: the object answers without waking up. */
function ping() {
  if (socket?.readyState !== WebSocket.OPEN || waiting) return;
  socket.send("ping");
  waiting = setTimeout(now, PONG_MS);
}

async function lost(code) {
  hangUp();
  become("waiting");
  // A refused upgrade does not tell its reason to scripts; the API does, and a 401 there leads to signing in.
  if (code === SIGNED_OUT || tries === 2) await get("/notices", { limit: 1 }).catch(() => {});
  if (code === ROLE_CHANGED) onRole();
  if (state !== "waiting") return;
  tries += 1;
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 10));
  timer = setTimeout(connect, code === TOO_MANY ? TOO_MANY_MS : wait * (0.5 + Math.random()));
}

/** At once, whatever we were waiting for. */
function now() {
  tries = 0;
  connect();
}

function drop() {
  hangUp();
  become("waiting");
}

/** Somebody looks again: a laptop that slept may hold a dead line. */
function look() {
  if (document.visibilityState !== "visible") return;
  if (state === "waiting") now();
  else ping();
}
