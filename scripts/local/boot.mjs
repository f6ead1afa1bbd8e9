// Boots CPython inside workerd: WebAssembly by way of the eval binding, files out of packs, the SDK's hooks in place.

import { BASE } from "./prelude.mjs";
import * as cfWorkers from "cloudflare:workers";
import * as cfSockets from "cloudflare:sockets";
import createPyodideModule from "./pyodide.asm.mjs";
import { loadPyodide } from "./pyodide.mjs";
import asmWasm from "./pyodide.asm.wasm";
import stdlib from "./stdlib.zip";
import packagesIndex from "./packages.json.txt";
import packagesBytes from "./packages.bin";
import glue from "./glue.py.txt";
import { report } from "./traceback.mjs";

const SITE_PACKAGES = "/lib/python3.14/site-packages";
const APP = "/session/metadata"; // where production has it

// A Python coroutine handed to waitUntil must be kept alive until it settles, and nobody else prints its failure.
async function hold(promise) {
  const kept = promise && "copy" in promise ? promise.copy() : promise;
  try {
    return await kept;
  } catch (error) {
    report("background task", error);
  } finally {
    if (kept && "destroy" in kept) kept.destroy();
  }
}

const patched = new WeakSet();
function patchWaitUntil(context) {
  if (Object.prototype.toString.call(context) !== "[object ExecutionContext]" || patched.has(context)) return;
  const original = context.waitUntil.bind(context);
  context.waitUntil = (promise) => original(hold(promise));
  patched.add(context);
}

const toBuffer = (bytes) =>
  bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

// workerd compiles no WebAssembly from bytes; its eval binding does. Dynamic libraries (pydantic_core) need it too.
const Native = WebAssembly.Module;
function allowWebAssembly(unsafeEval) {
  const compile = (bytes) => unsafeEval.newWasmModule(toBuffer(bytes));
  WebAssembly.Module = new Proxy(Native, { construct: (_target, [bytes]) => compile(bytes) });
  WebAssembly.compile = async (bytes) => compile(bytes);
  WebAssembly.instantiate = async (source, imports) => {
    if (source instanceof Native) return new WebAssembly.Instance(source, imports);
    const module = compile(source);
    return { module, instance: new WebAssembly.Instance(module, imports) };
  };
  WebAssembly.instantiateStreaming = async (_response, imports) => ({
    module: asmWasm,
    instance: new WebAssembly.Instance(asmWasm, imports),
  });
}

function unpack(FS, directory, index, bytes) {
  const all = new Uint8Array(bytes);
  const made = new Set();
  for (const [path, offset, length] of JSON.parse(index)) {
    const full = `${directory}/${path}`;
    const parent = full.slice(0, full.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(full, all.subarray(offset, offset + length), { canOwn: true });
  }
}

/**
 * An interpreter without an application. `load({index, bytes}, module)` imports one, once: `{main, call, callRaw}`;
 * `imported()` names what was imported of packages for it, `prepare(names)` imports as much beforehand. Call it inside a
 * request. `onFatal` hears once that the interpreter is gone: calls under way never settle and later ones fail.
 */
export async function boot(unsafeEval, onFatal) {
  allowWebAssembly(unsafeEval);
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = String(input?.url ?? input);
    return url.startsWith(BASE) ? new Response(url.endsWith(".zip") ? stdlib : "{}") : realFetch(input, init);
  };
  const py = await loadPyodide({
    indexURL: BASE,
    packageBaseUrl: BASE,
    createPyodideModule,
    lockFileContents: {
      info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2", version: "314.0.7" },
      packages: {},
    },
    stdout: (line) => console.log(line),
    stderr: (line) => console.error(line),
  });
  globalThis.fetch = realFetch;
  py._api.on_fatal = onFatal;
  py.registerJsModule("_pyodide_entrypoint_helper", {
    doAnImport: (name) => import(name),
    cloudflareWorkersModule: { ...cfWorkers, waitUntil: (promise) => cfWorkers.waitUntil(hold(promise)) },
    cloudflareSocketsModule: cfSockets,
    patchWaitUntil,
  });
  py.registerJsModule("_cloudflare_compat_flags", { python_request_headers_preserve_commas: true });
  unpack(py.FS, SITE_PACKAGES, packagesIndex, packagesBytes);
  py.FS.mkdirTree(APP);
  const [call, callRaw, imported, prepare, load] = py.runPython(glue, { filename: "/glue.py" });
  return {
    prepare,
    load({ index, bytes }, module) {
      unpack(py.FS, APP, index, bytes);
      return { main: load(module), call, callRaw, imported };
    },
  };
}
