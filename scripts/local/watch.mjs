// Reloads when a source changes. By looking: Node's recursive watcher loses files that an editor replaces, on Linux.

import fs from "node:fs";
import path from "node:path";
import { walk } from "./files.mjs";

const EVERY_MS = 150; // a look at some hundred files takes about 3 ms
const RELEVANT = /(\.(py|html|txt|sql|toml|js|css|svg)|\.dev\.vars)$/;

function look(places) {
  const seen = [];
  const add = (file) => {
    const { mtimeMs, size } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    seen.push(`${file} ${mtimeMs} ${size}`);
  };
  for (const place of places) {
    if (!fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) add(place);
    else for (const name of walk(place, (each) => RELEVANT.test(each))) add(path.join(place, name));
  }
  return seen.join("\n");
}

/** After changes under its places each act of `[[places, act], ...]` is called, never two at once. */
export function watch(wanted) {
  const before = wanted.map(([places]) => look(places));
  const check = async () => {
    for (const [at, [places, act]] of wanted.entries()) {
      try {
        const now = look(places);
        if (now !== before[at]) {
          before[at] = now;
          await act();
        }
      } catch {
        // A file that went away in mid-walk; the next look sees the rest.
      }
    }
    setTimeout(check, EVERY_MS);
  };
  setTimeout(check, EVERY_MS);
}
