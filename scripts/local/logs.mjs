// The Worker's output: passed on as it comes, the last lines kept for tests.

const KEPT = 5000;

export class Logs {
  #lines = [];
  #next = 1;

  constructor(quiet) {
    this.quiet = quiet;
  }

  /** One structured log entry of workerd. */
  take({ level, message }) {
    for (const text of message.split("\n")) {
      this.#lines.push({ n: this.#next++, text });
      if (this.#lines.length > KEPT) this.#lines.shift();
    }
    // Errors are always shown; standard output carries the ready line, so everything else goes to standard error too.
    if (!this.quiet || level === "error") process.stderr.write(`${message}\n`);
  }

  after(n) {
    return this.#lines.filter((line) => line.n > n);
  }
}
