// Runs a Python Worker locally: real workerd, driven by wrangler.toml, with a control door for tests.
//
//   node scripts/local/runtime.mjs [--config wrangler.toml] [--port 8787] [--control-port 0] [--state DIR]
//        [--env NAME] [--var NAME=VALUE ...] [--app DIR ...] [--storage-delay MS] [--watch] [--attended] [--quiet]
//
// --attended: stops when standard input closes, so that it never outlives who started it. --quiet: prints errors only.
//
// Prints one line of JSON when it serves: {"ready":true,"url":...,"control":...,"pid":...,"workerd":...}

import fs from "node:fs";
import path from "node:path";
import { readArgs } from "./args.mjs";
import { openDoor } from "./control.mjs";
import { replaceFile } from "./files.mjs";
import { Logs } from "./logs.mjs";
import { sources, surroundings } from "./options.mjs";
import { commandOf, recordWorkerd, takeOver } from "./process.mjs";
import { watch } from "./watch.mjs";
import { Worker } from "./worker.mjs";

const say = (text) => process.stderr.write(`runtime: ${text}\n`);

async function run(argv) {
  const args = readArgs(argv);
  fs.mkdirSync(args.state, { recursive: true });
  await takeOver(args.state, say);
  recordWorkerd(args.state);
  const runtimeFile = path.join(args.state, "runtime.json");
  const logs = new Logs(args.quiet);
  const worker = new Worker(args, logs, say);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await worker.stop();
    fs.rmSync(runtimeFile, { force: true });
    process.exit(0);
  };
  const hearSignals = () => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal).on(signal, stop);
  };
  hearSignals();
  if (args.attended) process.stdin.resume().on("close", stop);
  await worker.start();
  hearSignals(); // Miniflare's own handlers exit before workerd has ended
  const door = await openDoor({ worker, logs, args, stop });
  if (args.watch) {
    const failed = (error) => say(`cannot reload: ${error.message}`);
    watch([
      [sources(args), () => worker.reload().catch(failed)],
      [surroundings(args), () => worker.rebuild().catch(failed)],
    ]);
  }
  const { pid } = process;
  const ready = { ready: true, url: worker.url, control: door.url, pid, workerd: worker.workerd };
  replaceFile(runtimeFile, JSON.stringify({ ...ready, command: commandOf(pid) }));
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

run(process.argv.slice(2)).catch((error) => {
  say(error.code === "ERR_ADDRESS_IN_USE" ? error.message.split(".")[0] : error.message);
  process.exit(1);
});
