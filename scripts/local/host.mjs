// What workerd runs: classes that stand for the Python ones and forward every call to them.

import "./prelude.mjs";
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { boot } from "./boot.mjs";
import { application, control, environment, refresh, tellNode } from "./local.mjs";
import { readable, report } from "./traceback.mjs";

// As in production, where a Durable Object's events alone go round the conversions of RPC.
const RAW = new Set(["alarm", "webSocketMessage", "webSocketClose", "webSocketError"]);

let serving; // a promise of the runtime that answers
let spare; // a promise of an interpreter for the next one
let packages = []; // the modules of packages that the application imported, and the spare one has too
let active = 0; // calls of Python under way
let calls = 0; // and all there were

function interpreter(env) {
  const onFatal = (error) => tellNode(env, "/fatal", { text: String(error?.message ?? error) });
  return boot(env.LOCAL_EVAL, onFatal);
}

async function start(env, module) {
  const ready = spare ?? interpreter(env);
  spare = undefined;
  const [empty, app] = await Promise.all([ready, application(env), refresh(env)]);
  return empty.load(app, module);
}

// Inside the first event: random values and I/O are not allowed while the module loads.
function booted(env, module) {
  return (serving ??= start(env, module));
}

const lifecycle = (env, module) => ({
  warm: () => booted(env, module),
  reload: () => (serving = start(env, module)),
  async prepare() {
    packages = await serving.then(({ imported }) => imported(), () => packages);
    spare ??= interpreter(env).catch((error) => {
      spare = undefined;
      throw error;
    });
    (await spare).prepare(packages);
  },
  look: () => ({ active, calls }),
});

async function forward(env, name, ready, method, args) {
  active += 1;
  calls += 1;
  try {
    const [runtime, instance] = await ready;
    return await (RAW.has(method) ? runtime.callRaw : runtime.call).callPromising(instance, method, ...args);
  } catch (error) {
    report(`${name}.${method}`, error);
    if (method !== "fetch") throw error;
    return new Response(`${readable(error)}\n`, { status: 500, headers: { "content-type": "text/plain" } });
  } finally {
    active -= 1;
  }
}

function standIn(module, name, Base) {
  return class extends Base {
    constructor(ctx, env) {
      super(ctx, env);
      // Lazily: a control request must work even where Python does not boot. Anew after a reload.
      let of, ready;
      const instance = () => {
        const runtime = booted(env, module);
        if (of !== runtime) {
          of = runtime;
          ready = runtime.then((it) => [it, it.main[name](ctx, environment(env))]);
        }
        return ready;
      };
      return new Proxy(this, {
        get(target, method, receiver) {
          if (typeof method !== "string" || method === "ctx" || method === "env") {
            return Reflect.get(target, method, receiver);
          }
          return (...args) => {
            if (method === "fetch" && args[0].headers.has("x-local-control")) {
              return control(env, args[0], lifecycle(env, module));
            }
            return forward(env, name, instance(), method, args);
          };
        },
      });
    }
    fetch() {}
    queue() {}
    scheduled() {}
    alarm() {}
    webSocketMessage() {}
    webSocketClose() {}
    webSocketError() {}
  };
}

// Of the Python class `name` in `module`.
export const entrypoint = (module, name) => standIn(module, name, WorkerEntrypoint);
export const durableObject = (module, name) => standIn(module, name, DurableObject);
