// Waits until no job is due: what a test does instead of sleeping.

const MANY = 50;
const LEFT = `SELECT tenant_id, id, kind, state, due_at, last_error FROM jobs
  WHERE state IN ('pending', 'running') AND due_at <= ? ORDER BY due_at LIMIT ${MANY}`;
// Of all of them: those at the front may wait long for their turn while others are done behind them.
const MOVES = `SELECT count(*) AS due, total(attempts) AS tries FROM jobs
  WHERE state IN ('pending', 'running') AND due_at <= ?`;
const STILL_MS = 250; // nothing moved for so long, and nobody works: a bell was lost or throttled, so the cron must ring
const STUCK_MS = 3_000; // somebody works, but at nothing that moves
const POLL_MS = 25;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether nobody works, seen several times: who hears bells that have nothing to say is at it again at once. To ring
 * once more meanwhile would only lengthen their queue, faster than it is heard. */
async function idle(worker) {
  for (let looks = 0; looks < 5; looks++) {
    if (await worker.busy()) return false;
    await sleep(POLL_MS / 2);
  }
  return true;
}

/** `{drained, left}`; ticks whenever nothing moves. `error` when there is no table of jobs. */
export async function drain(worker, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  let before = "";
  let movedAt = Date.now();
  let quiet = false; // looked at once: a job made while we asked may have fallen due just after our `due`
  for (;;) {
    const due = Date.now() + worker.state.offset_ms;
    const statements = [LEFT, MOVES].map((sql) => ({ sql, params: [due] }));
    const { results, error } = await worker.tell("d1", { binding: "DB", statements });
    if (error) return { drained: false, left: [], error };
    const left = results[0].rows;
    const still = !left.length && !(await worker.busy());
    if (still && quiet) return { drained: true, left };
    quiet = still;
    if (Date.now() > deadline) return { drained: false, left };
    const now = JSON.stringify([left, results[1].rows]);
    if (now !== before) movedAt = Date.now();
    before = now;
    const stillMs = Date.now() - movedAt;
    if (left.length && stillMs > STILL_MS && (stillMs > STUCK_MS || (await idle(worker)))) {
      await worker.tick();
      movedAt = Date.now();
    }
    await sleep(left.length < MANY ? POLL_MS : 8 * POLL_MS); // the backlog is to be worked off, not counted
  }
}
