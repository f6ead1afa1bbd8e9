// What workerd runs: classes that stand for the Python ones and forward every call to them.

import "./prelude.mjs";
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { boot } from "./boot.mjs";
import { control, environment, refresh, tellNode } from "./local.mjs";
import { readable, report } from "./traceback.mjs";

// As in production, where a Durable Object's events alone go round the conversions of RPC.
const RAW = new Set(["alarm", "webSocketMessage", "webSocketClose", "webSocketError"]);

let booting;
export let active = 0;

// Inside the first event: random values and I/O are not allowed while the module loads.
function booted(env, module) {
  const onFatal = (error) => tellNode(env, "/fatal", { text: String(error?.message ?? error) });
  booting ??= Promise.all([boot(env.LOCAL_EVAL, module, onFatal), refresh(env)]).then(([runtime]) => runtime);
  return booting;
}

async function forward(env, name, ready, method, args) {
  active += 1;
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
      // Lazily: a control request must work even where Python does not boot.
      let ready;
      const instance = () =>
        (ready ??= booted(env, module).then((runtime) => [runtime, runtime.main[name](ctx, environment(env))]));
      return new Proxy(this, {
        get(target, method, receiver) {
          if (typeof method !== "string" || method === "ctx" || method === "env") {
            return Reflect.get(target, method, receiver);
          }
          return (...args) => {
            if (method === "fetch" && args[0].headers.has("x-local-control")) {
              return control(env, args[0], { warm: () => booted(env, module), active: () => active });
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
