// Files that are whole or absent, and walks in a fixed order.

import fs from "node:fs";
import path from "node:path";

/** Writes `data` so that a reader sees the old file or the new one, never half. */
export function replaceFile(file, data) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}.new`;
  fs.writeFileSync(fresh, data);
  fs.renameSync(fresh, file);
}

/** Every file under `root` whose relative path `wanted` accepts, sorted. */
export function walk(root, wanted) {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter(wanted)
    .sort();
}
