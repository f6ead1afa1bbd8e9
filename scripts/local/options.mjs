// From wrangler.toml to Miniflare's options: what deploys is what runs here.

import fs from "node:fs";
import path from "node:path";
import { modules } from "./bundle.mjs";
import { convertV4MiniflareOptions } from "./miniflare.mjs";
import { workerConfig } from "./config.mjs";

/**
 * Miniflare's options. `args` are the runtime's flags, `door` answers the Worker's own calls to Node, `secret` opens
 * the Worker's side of the control door, `onLog` takes its output, `onRestart` hears that workerd was started again.
 */
export async function miniflareOptions(args, { door, secret, onLog, onRestart, quick }) {
  const { workerOptions, main } = workerConfig(args);
  // Drop what Miniflare is not to see: rules for bundling, remote-only bindings, and Cloudflare's own Python.
  const { modulesRules, ai, aiSearchNamespaces, aiSearchInstances, ...worker } = workerOptions;
  const bound = Object.values(worker.durableObjects ?? {});
  const classes = [...new Set(bound.map((object) => object.className ?? object))];
  const roots = args.app.length ? args.app : [path.dirname(main)];
  const root = path.resolve(path.dirname(args.config), ".");
  return convertV4MiniflareOptions({
    ...worker,
    name: "app",
    rootPath: root,
    modulesRoot: root,
    modules: await modules({ main: path.parse(main).name, roots: roots.map((each) => path.resolve(each)), classes, quick }),
    compatibilityFlags: worker.compatibilityFlags.filter((flag) => !flag.startsWith("python_workers")),
    bindings: { ...worker.bindings, ...args.vars, LOCAL_SECRET: secret },
    serviceBindings: { ...worker.serviceBindings, LOCAL_DOOR: door },
    unsafeEvalBinding: "LOCAL_EVAL",
    host: "127.0.0.1",
    port: args.port,
    cf: false,
    logRequests: false,
    unsafeTriggerHandlers: true,
    resourcePersistencePath: path.join(args.state, "v3"),
    handleStructuredLogs: onLog,
    unsafeHandleRuntimeRestart: onRestart,
  });
}

/** The directories and files a change of which asks for a reload. */
export function watched(args) {
  const { main, workerOptions } = workerConfig(args);
  const secrets = path.join(path.dirname(args.config), ".dev.vars");
  // Static files are listed once, at the start: without a reload a new one would not be found.
  const assets = workerOptions.assets?.directory;
  const also = [secrets, assets].filter((each) => each && fs.existsSync(each));
  return [args.config, ...also, ...(args.app.length ? args.app : [path.dirname(main)])];
}
