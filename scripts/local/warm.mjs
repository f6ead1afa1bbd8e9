// Compiles what the runtime would have to at its first start, while set-up waits for other things: `node warm.mjs`.

import path from "node:path";
import { application, modules } from "./bundle.mjs";

const sources = path.resolve(import.meta.dirname, "../../src");
await Promise.all([application([sources], false), modules({ main: "main", classes: [] })]);
