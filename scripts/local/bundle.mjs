// The modules workerd loads: host, interpreter, standard library and packages; and the application, which it fetches.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile, walk } from "./files.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, "../..");
const PYODIDE = path.join(ROOT, "node_modules/pyodide");
const CACHE = path.join(ROOT, ".wrangler/bytecode");
const HOST = ["host.mjs", "prelude.mjs", "boot.mjs", "local.mjs", "delays.mjs", "traceback.mjs"];

const hash = (...parts) => parts.reduce((digest, part) => digest.update(part), createHash("sha256")).digest("hex");
const TAG = "cpython-314"; // where the import system looks beside a source
const isSource = (name) => name.endsWith(".py");
const isApplication = (name) => /\.(py|html|txt|sql)$/.test(name) && !name.includes("__pycache__");
const isPackage = (name) => !name.includes("__pycache__") && name !== ".stamp";

/** Files of `roots`, the first winning, as `{name, source, data, filename, pyc}`; pyc is where its bytecode is kept. */
function collect(roots, wanted, place) {
  const files = new Map();
  for (const root of roots) {
    for (const name of walk(root, wanted)) {
      if (files.has(name)) continue;
      const source = path.join(root, name);
      const filename = `${place}/${name}`;
      const data = fs.readFileSync(source);
      const pyc = isSource(name) && path.join(CACHE, `${hash(filename, "\0", data)}.pyc`);
      files.set(name, { name, source, data, filename, pyc });
    }
  }
  return [...files.values()];
}

let jobs = 0;

/** Compiles what is not cached yet, in one child process, which ends with us. */
async function compile(files, stdlib) {
  const missing = files.filter(({ pyc }) => pyc && !fs.existsSync(pyc));
  const needsStdlib = stdlib && !fs.existsSync(stdlib.out);
  if (!missing.length && !needsStdlib) return;
  process.stderr.write(`runtime: compiling ${missing.length} modules${needsStdlib ? " and the standard library" : ""}\n`);
  const job = path.join(CACHE, `job.${process.pid}.${++jobs}.json`);
  const modules = missing.map(({ source, filename, pyc }) => ({ source, filename, out: pyc }));
  replaceFile(job, JSON.stringify({ modules, stdlib: needsStdlib ? stdlib : null }));
  const child = spawn(process.execPath, [path.join(HERE, "compile.mjs"), job], { stdio: ["ignore", "inherit", "inherit"] });
  const end = () => {
    child.kill();
    fs.rmSync(job, { force: true });
  };
  process.once("exit", end);
  const [code, signal] = await once(child, "exit");
  process.off("exit", end);
  fs.rmSync(job, { force: true });
  if (code !== 0) throw new Error(`the compiler ended with ${signal ?? code}`);
}

/**
 * One blob and an index of [path, offset, length]: nothing to inflate or to parse inside workerd. Sources stay beside
 * their bytecode: for tracebacks, and because some packages read their own (anyio finds its lazy imports there).
 */
function pack(files) {
  const index = [];
  const parts = [];
  let offset = 0;
  const add = (name, data) => {
    index.push([name, offset, data.length]);
    parts.push(data);
    offset += data.length;
  };
  for (const { name, data, pyc } of files) {
    add(name, data);
    const { dir, name: stem } = path.parse(name);
    // Empty where the source does not compile: the import then says so, with its line.
    const code = pyc && fs.existsSync(pyc) ? fs.readFileSync(pyc) : "";
    if (code.length) add(path.posix.join(dir, "__pycache__", `${stem}.${TAG}.pyc`), code);
  }
  return { index: JSON.stringify(index), bytes: Buffer.concat(parts) };
}

function standardLibrary() {
  const source = path.join(PYODIDE, "python_stdlib.zip");
  return { source, out: path.join(CACHE, `${hash(fs.readFileSync(source), "bytecode")}.zip`) };
}

/** What was packed for other versions: some 25 MB each, and nobody comes back to them. */
function forgetOthers(kept) {
  const names = fs.readdirSync(CACHE).filter((name) => /\.(zip|packages\.(bin|json))$/.test(name));
  for (const file of names.map((name) => path.join(CACHE, name))) {
    if (!kept.includes(file)) fs.rmSync(file, { force: true });
  }
}

const packed = new Map();

/** The packages change only with their lock; packing them again at each reload would cost a second. */
async function packages(stdlib) {
  const root = path.join(ROOT, "python_modules");
  const stamp = fs.readFileSync(path.join(root, ".stamp"), "utf8");
  if (!packed.has(stamp)) {
    const kept = path.join(CACHE, `${stamp.slice(0, 32)}.packages`);
    if (!fs.existsSync(`${kept}.json`)) {
      const files = collect([root], isPackage, "/lib/python3.14/site-packages");
      await compile(files, stdlib);
      const { index, bytes } = pack(files);
      replaceFile(`${kept}.bin`, bytes);
      replaceFile(`${kept}.json`, index);
      forgetOthers([`${kept}.bin`, `${kept}.json`, stdlib.out]);
    }
    packed.set(stamp, { index: fs.readFileSync(`${kept}.json`, "utf8"), bytes: fs.readFileSync(`${kept}.bin`) });
  }
  return packed.get(stamp);
}

/**
 * The application, which the isolate fetches when it boots: `{index, bytes}` of source directories, the first winning.
 * On a reload (`quick`) new sources are taken as they are: importing one is faster than starting a compiler.
 */
export async function application(roots, quick) {
  const sources = collect(roots, isApplication, "/session/metadata");
  if (!quick) await compile(sources);
  return pack(sources);
}

/**
 * The Worker's modules. `main` is the Python module with its classes; `classes` its Durable Objects, which must be named
 * exports.
 */
export async function modules({ main, classes }) {
  const stdlib = standardLibrary();
  const site = await packages(stdlib);
  await compile([], stdlib); // if the packages were there already
  const read = (file) => fs.readFileSync(path.join(PYODIDE, file));
  const names = classes.map((name) => `export const ${name} = durableObject("${main}", "${name}");`);
  const entry = `import { entrypoint, durableObject } from "./host.mjs";
export default entrypoint("${main}", "Default");
${names.join("\n")}
`;
  return [
    { type: "ESModule", path: "worker.mjs", contents: entry },
    ...HOST.map((file) => ({ type: "ESModule", path: file, contents: fs.readFileSync(path.join(HERE, file), "utf8") })),
    ...["pyodide.mjs", "pyodide.asm.mjs"].map((file) => ({ type: "ESModule", path: file, contents: read(file).toString() })),
    { type: "CompiledWasm", path: "pyodide.asm.wasm", contents: read("pyodide.asm.wasm") },
    { type: "Data", path: "stdlib.zip", contents: fs.readFileSync(stdlib.out) },
    { type: "Text", path: "packages.json.txt", contents: site.index },
    { type: "Data", path: "packages.bin", contents: site.bytes },
    { type: "Text", path: "glue.py.txt", contents: fs.readFileSync(path.join(HERE, "glue.py"), "utf8") },
  ];
}
