// Imported before anything of Pyodide: makes workerd look like the browser-like place Pyodide expects.

export const BASE = "http://pyodide.local/";
globalThis.location = { href: BASE, toString: () => BASE };
globalThis.addEventListener = () => {};
// Newer compatibility dates define `process`, and Pyodide would take workerd for Node.
globalThis.process = undefined;
