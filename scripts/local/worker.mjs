// One Worker under Miniflare: start, reload, be killed, stop; and the private line to the isolate.

import crypto from "node:crypto";
import { Miniflare } from "./miniflare.mjs";
import { application } from "./bundle.mjs";
import { miniflareOptions, sources } from "./options.mjs";
import { killWorkerd, workerdPid } from "./process.mjs";

const CRON = "* * * * *";
const TRIES = 100;
const TRY_AGAIN_MS = 50;
const STILL_MS = 1_500;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Worker {
  boots = 0;
  fatals = 0;
  fired = []; // failpoints at which the process was killed
  state; // what a fresh isolate must know
  #secret = crypto.randomBytes(24).toString("hex");
  #mf;
  #application; // what the isolate fetches when it boots
  #preparing; // a timer
  #dying = false; // killed by us, and not yet started again
  #up = Promise.withResolvers(); // settles when it serves

  constructor(args, logs, say) {
    this.args = args;
    this.logs = logs;
    this.say = say;
    this.state = { offset_ms: 0, armed: {}, storage_ms: args.storageDelay };
  }

  /** Miniflare's options; on the way the application is taken as it is now. */
  async #options(quick) {
    const taken = this.#take(quick);
    const options = miniflareOptions(this.args, {
      door: (request) => this.#answer(request),
      secret: this.#secret,
      onLog: (entry) => this.logs.take(entry),
      onRestart: () => this.#restarted(),
    });
    await Promise.all([taken, options]); // side by side: on a fresh machine both have to compile
    return options;
  }

  async #take(quick) {
    const { index, bytes } = await application(sources(this.args), quick);
    this.#application = { index: Buffer.from(index), bytes };
  }

  /** Serves once the returned promise settles; a Worker that does not import still serves its traceback. */
  async start() {
    this.#mf = new Miniflare(await this.#options(false));
    this.url = (await this.#mf.ready).origin;
    await this.warm();
    this.#up.resolve();
  }

  /** Sources that changed: another interpreter takes over. */
  async reload() {
    const started = performance.now();
    await this.#take(true);
    if (await this.warm("reload")) this.#tookOver(started);
  }

  /** What is around them changed: everything anew. */
  async rebuild() {
    const started = performance.now();
    await this.#mf.setOptions(await this.#options(true));
    if (await this.warm()) this.#tookOver(started);
  }

  #tookOver(started) {
    this.say(`reloaded in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }

  async stop() {
    clearTimeout(this.#preparing);
    for (let tries = 0; tries < 40 && (await this.busy()); tries++) await sleep(50);
    await this.#mf?.dispose();
  }

  async busy() {
    if (!this.#mf) return false; // still compiling
    return ((await this.tell("look").catch(() => ({ active: 0 }))).active ?? 0) > 0;
  }

  get workerd() {
    return workerdPid(this.args.state);
  }

  /** Boots the interpreter; false (and the reason printed) when the application does not import. */
  async warm(how = "warm") {
    const { error } = await this.tell(how);
    if (error) this.say(`the Worker does not start:\n${error}`);
    else this.boots += 1;
    if (this.args.watch) this.#prepareSoon();
    return !error;
  }

  /** An interpreter for the next reload, made once nobody asks anything: that one needs the processor too. */
  #prepareSoon(calls) {
    clearTimeout(this.#preparing);
    this.#preparing = setTimeout(async () => {
      try {
        const seen = await this.tell("look");
        if (seen.active || seen.calls !== calls) this.#prepareSoon(seen.calls);
        else await this.tell("prepare");
      } catch {
        // It is being restarted, and prepares itself after that.
      }
    }, STILL_MS).unref();
  }

  /** Asks the isolate's side of the control door. Returns its JSON, `{error}` for a refused operation. */
  async tell(op, body = {}) {
    for (let tries = 1; ; tries++) {
      try {
        const response = await this.#mf.dispatchFetch("http://local/", {
          method: "POST",
          headers: { "x-local-control": this.#secret },
          body: JSON.stringify({ op, ...body }),
        });
        return await response.json();
      } catch (error) {
        // It is being restarted. What D1 made of a write cut off in the middle is for the caller to find out.
        if (tries === TRIES || (op === "d1" && error.cause?.code !== "ECONNREFUSED")) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  async set(changes) {
    Object.assign(this.state, changes);
    await this.tell("set", changes);
  }

  /** The minute's cron, at business time. Returns the outcome workerd reports. */
  async tick() {
    const worker = await this.#mf.getWorker();
    return worker.scheduled({ cron: CRON, scheduledTime: new Date(Date.now() + this.state.offset_ms) });
  }

  /** SIGKILL; settles when the Worker serves again on the same state. */
  async kill() {
    await this.#serving(); // Miniflare does not get over a death while it starts
    this.#die();
    await this.#serving();
  }

  async #serving() {
    let up;
    do await (up = this.#up).promise;
    while (up !== this.#up); // it died again meanwhile
  }

  #die() {
    if (this.#dying) return;
    this.#dying = true;
    this.#up = Promise.withResolvers();
    killWorkerd(this.args.state);
  }

  async #restarted() {
    const up = this.#up;
    this.#dying = false;
    await this.warm().catch((error) => this.say(`not serving after a restart: ${error.message}`));
    up.resolve();
  }

  /** What the isolate asks of Node. */
  async #answer(request) {
    const body = await request.json();
    switch (new URL(request.url).pathname) {
      case "/state":
        return Response.json(this.state);
      case "/application": {
        const { index, bytes } = this.#application;
        return new Response(Buffer.concat([index, bytes]), { headers: { "x-index": String(index.length) } });
      }
      case "/reached":
        delete this.state.armed[body.name];
        this.fired.push(body.name);
        this.say(`failpoint ${body.name}: killing workerd`);
        this.#die();
        return Response.json({});
      case "/fatal":
        this.fatals += 1;
        this.say(`the interpreter died (${body.text}); restarting`);
        setTimeout(() => this.#die(), 50); // the reply to the culprit goes out first
        return Response.json({});
      default:
        return new Response(null, { status: 404 });
    }
  }
}
