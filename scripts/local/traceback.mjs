// Errors as a person wants to read them: Python's own frames, without those of the interpreter's plumbing.

const PLUMBING = /File "(\/lib\/python314\.zip\/(_pyodide|pyodide|asyncio)\/|\/glue\.py|<exec>)/;

/** The Python traceback inside `error`, trimmed; a JavaScript error's stack when there is none. */
export function readable(error) {
  const text = String(error?.type && error?.message ? error.message : (error?.stack ?? error));
  const kept = [];
  let skipping = false;
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("  File ")) skipping = PLUMBING.test(line);
    else if (!line.startsWith("    ")) skipping = false;
    if (!skipping) kept.push(line);
  }
  return kept.join("\n");
}

/** Prints `error` under a heading that says where it happened. */
export function report(where, error) {
  console.error(`${where} failed\n${readable(error)}`);
}
