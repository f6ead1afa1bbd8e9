// A child process with Pyodide under Node, so that its memory is given back: `node compile.mjs JOB.json`.

import fs from "node:fs";
import path from "node:path";
import { loadPyodide } from "pyodide";
import { replaceFile } from "./files.mjs";

const job = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const pyodide = await loadPyodide({ packageCacheDir: path.dirname(process.argv[2]) });
const namespace = pyodide.toPy({});
pyodide.runPython(fs.readFileSync(new URL("compile.py", import.meta.url), "utf8"), { globals: namespace });
const bytecode = namespace.get("bytecode");
const bytesOf = (proxy) => {
  const buffer = proxy.getBuffer("u8");
  const copy = Buffer.from(buffer.data);
  buffer.release();
  proxy.destroy();
  return copy;
};
const asBytes = pyodide.globals.get("bytes");
const toPy = (buffer) => asBytes(pyodide.toPy(new Uint8Array(buffer)));

for (const { source, filename, out } of job.modules) {
  const data = bytecode(toPy(fs.readFileSync(source)), filename);
  replaceFile(out, data ? bytesOf(data) : Buffer.alloc(0));
}
if (job.stdlib) {
  const made = namespace.get("standard_library")(toPy(fs.readFileSync(job.stdlib.source)), "/lib/python314.zip");
  replaceFile(job.stdlib.out, bytesOf(made));
}
