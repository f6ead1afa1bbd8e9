// Reloads when a source changes. By looking: Node's recursive watcher loses files that an editor replaces, on Linux.

import fs from "node:fs";
import path from "node:path";
import { walk } from "./files.mjs";

const EVERY_MS = 400; // a look at some hundred files takes about 3 ms
const RELEVANT = /(\.(py|html|txt|sql|toml|js|css|svg)|\.dev\.vars)$/;

function look(places) {
  const seen = [];
  const add = (file) => {
    const { mtimeMs, size } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    seen.push(`${file} ${mtimeMs} ${size}`);
  };
  for (const place of places) {
    if (!fs.statSync(place).isDirectory()) add(place);
    else for (const name of walk(place, (each) => RELEVANT.test(each))) add(path.join(place, name));
  }
  return seen.join("\n");
}

/** Calls `reload` after changes under `places`, never twice at once. */
export function watch(places, reload) {
  let before = look(places);
  const check = async () => {
    try {
      const now = look(places);
      if (now !== before) {
        before = now;
        await reload();
      }
    } catch {
      // A file that went away in mid-walk; the next look sees the rest.
    }
    setTimeout(check, EVERY_MS);
  };
  setTimeout(check, EVERY_MS);
}
