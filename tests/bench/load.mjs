// Posts bodies over keep-alive connections and says how long each answer took.
//
//   node load.mjs BODIES     (one body a line)
//
// Orders come on standard input, one JSON a line: {"url", "from", "count", "connections"}. For each, one line goes out:
// {"seconds", "ms": [one a request], "wrong": {status: count}}. One process for a whole run, so that its own start and
// warming up are in nobody's figures.

import fs from "node:fs";
import http from "node:http";
import readline from "node:readline";

const bodies = fs.readFileSync(process.argv[2], "utf8").trimEnd().split("\n").map((line) => Buffer.from(line));

function post(agent, target, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "text/plain", "content-length": body.length };
    const request = http.request({ ...target, agent, method: "POST", headers }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode));
      response.once("error", reject);
    });
    request.once("error", reject);
    request.end(body);
  });
}

async function run({ url, from, count, connections }) {
  const { hostname, port, pathname } = new URL(url);
  const target = { hostname, port, path: pathname };
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const ms = [];
  const wrong = {};
  let next = from;
  const connection = async () => {
    while (next < from + count) {
      const body = bodies[next++];
      const before = performance.now();
      const status = await post(agent, target, body).catch((error) => error.code ?? "error");
      ms.push(Number((performance.now() - before).toFixed(3)));
      if (status !== 200) wrong[status] = (wrong[status] ?? 0) + 1;
    }
  };
  const before = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - before) / 1000;
  agent.destroy();
  return { seconds, ms, wrong };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
}
