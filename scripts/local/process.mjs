// The workerd child by its id: found, killed, and ended when an earlier Node left it behind.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const record = (state) => path.join(state, "workerd.pid");

/** Makes Miniflare start workerd through workerd.sh, which records the process in `state`. */
export function recordWorkerd(state) {
  process.env.LOCAL_WORKERD_RECORD = record(state);
  process.env.LOCAL_WORKERD = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
  process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("workerd.sh", import.meta.url));
}

/** The command line of a process, or "" when there is none. A small Linux has no `ps`, other systems no `/proc`. */
export function commandOf(pid) {
  try {
    if (process.platform === "linux") return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return ""; // no such process
  }
}

/** The recorded process id, or undefined. */
export function workerdPid(state) {
  try {
    return Number(fs.readFileSync(record(state), "utf8").split("\n")[0]) || undefined;
  } catch {
    return undefined;
  }
}

/** SIGKILL to the running workerd; Miniflare starts another by itself. */
export function killWorkerd(state) {
  const pid = workerdPid(state);
  try {
    if (pid) process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // already gone
  }
}

/**
 * Makes `state` ours alone. Throws when a living runtime uses it; ends a workerd that a killed one left, known by the
 * command line it was started with (its loopback port is random), so that a reused process id is never hit.
 */
export async function takeOver(state, say) {
  const left = readJson(path.join(state, "runtime.json"));
  if (left?.command && commandOf(left.pid) === left.command) {
    throw new Error(`another runtime (process ${left.pid}) is using ${state}`);
  }
  let pid, args;
  try {
    [pid, args] = fs.readFileSync(record(state), "utf8").split("\n");
  } catch {
    return;
  }
  if (args && commandOf(pid).endsWith(args)) {
    say(`ending workerd ${pid}, left behind by a runtime that was killed`);
    process.kill(Number(pid), "SIGKILL");
    while (commandOf(pid).endsWith(args)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  fs.rmSync(record(state), { force: true });
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
