"""The local runtime from Python: start it, drive its control door, stop it. Used by tests, dev and the story."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from local import child
from local.child import ROOT

# The door is on this machine: a proxy that the environment names is for others.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class RuntimeFailed(Exception):
    """The runtime did not start, or its control door refused."""


class Result(NamedTuple):
    """Of one statement."""

    rows: list[dict[str, Any]]
    changes: int


class Drained(NamedTuple):
    """Whether nothing is due any more, and the jobs that still are."""

    drained: bool
    left: list[dict[str, Any]]


class Runtime:
    """One running Worker. A context manager: leaving it stops the Worker gently."""

    def __init__(self, url: str, control: str, process: "subprocess.Popen[str] | None" = None) -> None:
        self.url = url
        self.control = control
        self.process = process

    @classmethod
    def start(
        cls,
        *,
        state: Path,
        config: Path = ROOT / "wrangler.toml",
        port: int = 0,
        control_port: int = 0,
        app: Sequence[Path] = (),
        variables: Mapping[str, str] | None = None,
        watch: bool = False,
        quiet: bool = False,
        storage_delay_ms: int = 0,
        log: IO[str] | int | None = None,
        timeout_s: float = 180,
    ) -> "Runtime":
        """Starts Node and waits until the Worker serves. `log` takes its output (default: this process's stderr).

        Raises RuntimeFailed when it ends or is not ready in time.
        """
        command = ["node", str(ROOT / "scripts" / "local" / "runtime.mjs"), "--config", str(config)]
        command += ["--port", str(port), "--control-port", str(control_port), "--state", str(state)]
        for directory in app:
            command += ["--app", str(directory)]
        command += ["--storage-delay", str(storage_delay_ms)]
        command += ["--watch"] * watch + ["--quiet"] * quiet
        command += ["--attended"]
        # Not among the flags: everybody on this machine can read those, and there are secrets among the variables.
        given = {"LOCAL_VARS": json.dumps(dict(variables or {}))}
        try:
            process, ready = child.start(
                command, name="the Worker's runtime", log=log, variables=given, timeout_s=timeout_s
            )
        except child.NotReady as failure:
            raise RuntimeFailed(str(failure)) from None
        return cls(ready["url"], ready["control"], process)

    @classmethod
    def of_state(cls, state: Path) -> "Runtime":
        """The runtime already running on `state`. Raises RuntimeFailed when there is none."""
        try:
            written = json.loads((state / "runtime.json").read_text())
        except (OSError, ValueError):
            raise RuntimeFailed(f"no runtime is running on {state}") from None
        return cls(written["url"], written["control"])

    def status(self) -> dict[str, Any]:
        """url, pid, workerd, state, boots, fatals, offset_ms, armed, storage_ms."""
        return self._ask("GET", "/status")

    def set_clock(self, offset_ms: int) -> None:
        """Business time becomes real time plus `offset_ms`."""
        self._ask("PUT", "/clock", {"offset_ms": offset_ms})

    def advance(self, by_ms: int) -> int:
        """Moves business time on. Returns the new offset in milliseconds."""
        offset = int(self.status()["offset_ms"]) + by_ms
        self.set_clock(offset)
        return offset

    def now_ms(self) -> int:
        """Business time, as the Worker sees it."""
        return int(time.time() * 1000) + int(self.status()["offset_ms"])

    def tick(self) -> None:
        """Fires the minute's cron and waits for it. Raises RuntimeFailed when it raised."""
        outcome = self._ask("POST", "/tick", {})
        if outcome.get("outcome") != "ok":
            raise RuntimeFailed(f"the cron ended with {outcome}")

    def drain(self, timeout_s: float = 10) -> Drained:
        """Waits until no job is due, ticking when nothing moves."""
        result = self._ask("POST", "/drain", {"timeout_ms": int(timeout_s * 1000)}, timeout_s + 30)
        return Drained(result["drained"], result["left"])

    def d1(self, sql: str, *params: str | int | float | None, binding: str = "DB") -> list[dict[str, Any]]:
        """The rows of one statement, with `?` parameters. Raises RuntimeFailed with D1's message."""
        return self.d1_batch([(sql, params)], binding=binding)[0].rows

    def d1_batch(
        self, statements: Sequence[tuple[str, Sequence[str | int | float | None]]], *, binding: str = "DB"
    ) -> list[Result]:
        """All statements, or none."""
        body = {"binding": binding, "statements": [{"sql": sql, "params": list(p)} for sql, p in statements]}
        results = self._ask("POST", "/d1", body)["results"]
        return [Result(each["rows"], each["changes"]) for each in results]

    def arm(self, **nth: int) -> None:
        """Kills the process at the nth time a failpoint is reached; `a.b` is written `a__b`. Replaces all others."""
        self.arm_all({name.replace("__", "."): times for name, times in nth.items()})

    def arm_all(self, nth: Mapping[str, int]) -> None:
        """`arm` with the names as they are."""
        self._ask("PUT", "/failpoints", dict(nth))

    def disarm(self) -> None:
        self._ask("DELETE", "/failpoints")

    def failpoints(self) -> dict[str, Any]:
        """armed, fired (names at which the process was killed), reached (counts since the last boot or arming)."""
        return self._ask("GET", "/failpoints")

    def set_storage_delay(self, ms: int) -> None:
        """Each call of D1, KV, R2 and queues waits so long first."""
        self._ask("PUT", "/delays", {"storage_ms": ms})

    def kill(self) -> None:
        """SIGKILL to workerd; returns once the Worker serves again on the same state."""
        self._ask("POST", "/kill", {}, 60)

    def reload(self) -> None:
        """Takes the sources as they are now; returns once they serve, or their traceback does."""
        self._ask("POST", "/reload", {}, 60)

    def logs(self, after: int = 0) -> list[dict[str, Any]]:
        """Recent lines of the Worker as {"n", "text"}."""
        return list(self._ask("GET", f"/logs?after={after}")["lines"])

    def set_quiet(self, quiet: bool) -> None:
        """Whether only errors are shown as they come; `logs` has all lines either way."""
        self._ask("PUT", "/logs", {"quiet": quiet})

    def stop(self) -> None:
        """Gently; by force after 10 s. No error when it has already gone."""
        try:
            self._ask("POST", "/stop", {})
        except (RuntimeFailed, OSError):
            if self.process:
                self.process.terminate()
        if self.process:
            child.collect(self.process)

    def __enter__(self) -> "Runtime":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, timeout_s: float = 30
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data=data, method=method)
        try:
            with DIRECT.open(request, timeout=timeout_s) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                answer = json.load(refusal)
            # A drain that runs out of time, or finds no table, is an answer.
            if "drained" not in answer:
                raise RuntimeFailed(f"{method} {path}: {answer.get('error', refusal.code)}") from None
        return answer
