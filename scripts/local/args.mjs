// The runtime's flags.

import path from "node:path";
import { parseArgs } from "node:util";

/** Parsed flags. Throws with a plain sentence when one is wrong. */
export function readArgs(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      config: { type: "string", default: "wrangler.toml" },
      env: { type: "string" },
      port: { type: "string", default: "8787" },
      "control-port": { type: "string", default: "0" },
      state: { type: "string", default: ".wrangler/state" },
      app: { type: "string", multiple: true, default: [] },
      var: { type: "string", multiple: true, default: [] },
      "storage-delay": { type: "string", default: "0" },
      watch: { type: "boolean", default: false },
      attended: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
    },
  });
  const vars = values.var.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new Error(`--var takes NAME=VALUE, not ${pair}`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    config: path.resolve(values.config),
    env: values.env,
    port: number(values, "port"),
    controlPort: number(values, "control-port"),
    state: path.resolve(values.state),
    app: values.app,
    vars: { ...fromEnvironment(), ...Object.fromEntries(vars) },
    storageDelay: number(values, "storage-delay"),
    watch: values.watch,
    attended: values.attended,
    quiet: values.quiet,
  };
}

/** Variables that are nobody else's business: LOCAL_VARS holds them as JSON, and no child inherits it. */
function fromEnvironment() {
  const { LOCAL_VARS = "{}" } = process.env;
  delete process.env.LOCAL_VARS;
  return JSON.parse(LOCAL_VARS);
}

function number(values, name) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new Error(`--${name} takes a whole number`);
  return value;
}
