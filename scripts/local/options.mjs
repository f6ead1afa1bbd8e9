// From wrangler.toml to Miniflare's options: what deploys is what runs here.

import path from "node:path";
import { modules } from "./bundle.mjs";
import { convertV4MiniflareOptions } from "./miniflare.mjs";
import { workerConfig } from "./config.mjs";

/**
 * Miniflare's options. `args` are the runtime's flags, `door` answers the Worker's own calls to Node, `secret` opens
 * the Worker's side of the control door, `onLog` takes its output, `onRestart` hears that workerd was started again.
 */
export async function miniflareOptions(args, { door, secret, onLog, onRestart }) {
  const { workerOptions, main } = workerConfig(args);
  // Drop what Miniflare is not to see: rules for bundling, remote-only bindings, and Cloudflare's own Python.
  const { modulesRules, ai, aiSearchNamespaces, aiSearchInstances, ...worker } = workerOptions;
  const bound = Object.values(worker.durableObjects ?? {});
  const classes = [...new Set(bound.map((object) => object.className ?? object))];
  const root = path.resolve(path.dirname(args.config), ".");
  return convertV4MiniflareOptions({
    ...worker,
    name: "app",
    rootPath: root,
    modulesRoot: root,
    modules: await modules({ main: path.parse(main).name, classes }),
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

/** The application's source directories. */
export function sources(args) {
  return (args.app.length ? args.app : [path.dirname(workerConfig(args).main)]).map((each) => path.resolve(each));
}

/** What else asks for a reload when it changes. */
export function surroundings(args) {
  const secrets = path.join(path.dirname(args.config), ".dev.vars");
  // Static files are listed once, at the start: without a reload a new one would not be found.
  const assets = workerConfig(args).workerOptions.assets?.directory;
  return [args.config, secrets, ...(assets ? [assets] : [])];
}
