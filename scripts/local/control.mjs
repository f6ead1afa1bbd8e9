// The control door: loopback HTTP for tests and scripts, JSON in and out.

import http from "node:http";
import { drain } from "./drain.mjs";

const GONE = Symbol("the runtime stops after this answer");

const whole = (value, name) => {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be a whole number`);
  return value;
};

const ROUTES = {
  "GET /status": ({ worker, args }) => ({
    url: worker.url,
    pid: process.pid,
    workerd: worker.workerd,
    state: args.state,
    boots: worker.boots,
    fatals: worker.fatals,
    ...worker.state,
  }),
  "PUT /clock": ({ worker }, { offset_ms }) => worker.set({ offset_ms: whole(offset_ms, "offset_ms") }),
  "PUT /delays": ({ worker }, { storage_ms }) => worker.set({ storage_ms: whole(storage_ms, "storage_ms") }),
  "POST /tick": ({ worker }) => worker.tick(),
  "POST /drain": ({ worker }, { timeout_ms = 10_000 }) => drain(worker, whole(timeout_ms, "timeout_ms")),
  "POST /d1": ({ worker }, { binding = "DB", statements, sql, params }) =>
    worker.tell("d1", { binding, statements: statements ?? [{ sql, params }] }),
  "PUT /failpoints": ({ worker }, armed) => {
    for (const [name, nth] of Object.entries(armed)) whole(nth, name);
    return worker.set({ armed });
  },
  "DELETE /failpoints": ({ worker }) => worker.set({ armed: {} }),
  "GET /failpoints": async ({ worker }) => ({
    armed: worker.state.armed,
    fired: worker.fired,
    reached: (await worker.tell("look")).reached,
  }),
  "POST /kill": async ({ worker }) => {
    await worker.kill();
    return { workerd: worker.workerd };
  },
  "POST /reload": ({ worker }) => worker.reload(),
  "POST /stop": () => GONE,
  "PUT /logs": ({ logs }, { quiet }) => void (logs.quiet = Boolean(quiet)),
  "GET /logs": ({ logs }, _body, query) => ({ lines: logs.after(Number(query.get("after") ?? 0)) }),
};

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
}

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

/** Sent by a browser for somebody else's page: from an origin at all, or to a name made to point at this machine. */
const isForeign = ({ headers }) => headers.origin !== undefined || !LOOPBACK.test(headers.host ?? "");

async function answer(context, request, response) {
  const url = new URL(request.url, "http://control");
  const route = ROUTES[`${request.method} ${url.pathname}`];
  let status = 200;
  let result;
  try {
    if (isForeign(request)) [status, result] = [403, { error: "this door is for programs of this machine" }];
    else if (!route) [status, result] = [404, { error: "no such route" }];
    else result = await route(context, await bodyOf(request), url.searchParams);
    if (status === 200 && result?.error) status = 400;
  } catch (error) {
    [status, result] = [500, { error: String(error?.message ?? error) }];
  }
  const stops = result === GONE;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(stops ? { stopping: true } : (result ?? {})), () => stops && context.stop());
}

/** Listens on loopback. `context` is `{worker, logs, args, stop}`. Returns the server; its address is `server.url`. */
export async function openDoor(context) {
  const server = http.createServer((request, response) => void answer(context, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(context.args.controlPort, "127.0.0.1", resolve);
  });
  server.url = `http://127.0.0.1:${server.address().port}`;
  return server;
}
