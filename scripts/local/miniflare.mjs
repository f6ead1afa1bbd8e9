// Miniflare by require(): as an import, Node first lexes its 160,000 lines for export names, half a second.

import { createRequire } from "node:module";

export const { Miniflare, convertV4MiniflareOptions } = createRequire(import.meta.url)("miniflare");
