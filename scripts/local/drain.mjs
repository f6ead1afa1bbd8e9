// Waits until no job is due: what a test does instead of sleeping.

const LEFT = `SELECT tenant_id, id, kind, state, due_at, last_error FROM jobs
  WHERE state IN ('pending', 'running') AND due_at <= ? ORDER BY due_at LIMIT 50`;
const STILL_MS = 250; // nothing moved for so long: the bell was lost or throttled, so the cron must ring
const POLL_MS = 25;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `{drained, left}`; ticks whenever nothing moves. `error` when there is no table of jobs. */
export async function drain(worker, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  let before = "";
  let movedAt = Date.now();
  let quiet = false; // looked at once: a job made while we asked may have fallen due just after our `due`
  for (;;) {
    const due = Date.now() + worker.state.offset_ms;
    const { results, error } = await worker.tell("d1", { binding: "DB", statements: [{ sql: LEFT, params: [due] }] });
    if (error) return { drained: false, left: [], error };
    const left = results[0].rows;
    const still = !left.length && !(await worker.busy());
    if (still && quiet) return { drained: true, left };
    quiet = still;
    if (Date.now() > deadline) return { drained: false, left };
    const now = JSON.stringify(left);
    if (now !== before) movedAt = Date.now();
    before = now;
    if (left.length && Date.now() - movedAt > STILL_MS) {
      await worker.tick();
      movedAt = Date.now();
    }
    await sleep(POLL_MS);
  }
}
