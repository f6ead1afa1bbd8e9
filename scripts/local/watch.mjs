// Reloads when a source changes; changes that come together are one reload.

import fs from "node:fs";

const QUIET_MS = 120;
const RELEVANT = /\.(py|html|txt|sql|toml|vars)$/;

/** Calls `reload` after changes under `places`, never twice at once. */
export function watch(places, reload) {
  let timer;
  let running = Promise.resolve();
  const changed = (_event, name) => {
    if (name && !RELEVANT.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(reload)), QUIET_MS);
  };
  return places.map((place) => fs.watch(place, { recursive: fs.statSync(place).isDirectory() }, changed));
}
