// The Worker's side of the control door: the business clock, failpoints, delays, and D1 for tests. Absent in production.

import { delayed } from "./delays.mjs";
import { readable } from "./traceback.mjs";

const state = { offset_ms: 0, armed: {}, storage_ms: 0 };
const reached = {};

/** Takes the state from Node: a restarted isolate has forgotten it. */
export async function refresh(env) {
  Object.assign(state, await (await tellNode(env, "/state", {})).json());
}

/** The application as Node has it now: `{index, bytes}`. */
export async function application(env) {
  const answer = await tellNode(env, "/application", {});
  const all = await answer.arrayBuffer();
  const end = Number(answer.headers.get("x-index"));
  return { index: new TextDecoder().decode(new Uint8Array(all, 0, end)), bytes: all.slice(end) };
}

const TRIES = 40;
const TRY_AGAIN_MS = 50;

/** Asks Node. On a busy machine it may have closed a kept line in the very moment we used it: then on another. */
export async function tellNode(env, path, body) {
  for (let tries = 1; ; tries++) {
    try {
      return await env.LOCAL_DOOR.fetch(`http://node${path}`, { method: "POST", body: JSON.stringify(body) });
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

const OWN = new Set(["LOCAL_EVAL", "LOCAL_DOOR", "LOCAL_SECRET"]);

/** The application's `env`: its bindings, and LOCAL. One object as long as it says the same, as in production. */
export function environment(env) {
  const slow = state.storage_ms > 0;
  if (given?.env !== env || given.slow !== slow) given = { env, slow, said: said(env, slow) };
  return given.said;
}

let given;

function said(env, slow) {
  const bindings = Object.entries(env).filter(([name]) => !OWN.has(name));
  return {
    ...Object.fromEntries(bindings.map(([name, each]) => [name, slow ? delayed(each, () => state.storage_ms) : each])),
    LOCAL: { clockOffset: () => state.offset_ms, reach: (name) => reach(env, name) },
  };
}

function reach(env, name) {
  reached[name] = (reached[name] ?? 0) + 1;
  if (!(name in state.armed)) return undefined;
  state.armed[name] -= 1;
  if (state.armed[name] > 0) return undefined;
  // Node kills this process before it answers.
  return tellNode(env, "/reached", { name, reached }).then(() => new Promise(() => {}));
}

const same = (a, b) => a.length === b.length && crypto.subtle.timingSafeEqual(new TextEncoder().encode(a), new TextEncoder().encode(b));

const OPERATIONS = {
  async set(_env, changes) {
    Object.assign(state, changes);
    if ("armed" in changes) for (const name of Object.keys(reached)) delete reached[name];
    return {};
  },
  async look(_env, _body, host) {
    return { ...host.look(), reached };
  },
  async warm(_env, _body, host) {
    await host.warm();
    return {};
  },
  async reload(_env, _body, host) {
    await host.reload();
    return {};
  },
  async prepare(_env, _body, host) {
    await host.prepare();
    return {};
  },
  async d1(env, { binding, statements }) {
    const prepared = statements.map(({ sql, params = [] }) => env[binding].prepare(sql).bind(...params));
    const results = await env[binding].batch(prepared);
    return { results: results.map(({ results: rows, meta }) => ({ rows: rows ?? [], changes: meta.changes ?? 0 })) };
  },
};

/** Answers a request of the control door; the secret is new at each start of the runtime. */
export async function control(env, request, host) {
  if (!same(request.headers.get("x-local-control"), env.LOCAL_SECRET)) return new Response(null, { status: 403 });
  const { op, ...body } = await request.json();
  try {
    return Response.json(await OPERATIONS[op](env, body, host));
  } catch (error) {
    return Response.json({ error: error?.type ? readable(error) : String(error?.message ?? error) }, { status: 400 });
  }
}
