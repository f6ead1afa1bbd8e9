// What wrangler makes of wrangler.toml, kept: loading wrangler takes longer than booting Python.

import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { replaceFile } from "./files.mjs";

const require = createRequire(import.meta.url);
const CACHE = path.resolve(import.meta.dirname, "../../.wrangler/config");

function fingerprint({ config, env = "" }) {
  const directory = path.dirname(config);
  const digest = createHash("sha256").update(`${config}\0${env}\0`).update(fs.readFileSync(require.resolve("wrangler/package.json")));
  // Everything wrangler reads beside the configuration itself.
  for (const name of [path.basename(config), ".dev.vars", `.dev.vars.${env}`, ".env", ".env.local"]) {
    const file = path.join(directory, name);
    digest.update(`\0${name}\0`).update(fs.existsSync(file) ? fs.readFileSync(file) : "");
  }
  return digest.digest("hex");
}

/** `{workerOptions, main}` of `args.config` in environment `args.env`. */
export function workerConfig(args) {
  const kept = path.join(CACHE, `${fingerprint(args).slice(0, 32)}.json`);
  if (!fs.existsSync(kept)) {
    const { workerOptions, main } = require("wrangler").unstable_getMiniflareWorkerOptions(args.config, args.env);
    replaceFile(kept, JSON.stringify({ workerOptions, main }));
  }
  return JSON.parse(fs.readFileSync(kept, "utf8"));
}
