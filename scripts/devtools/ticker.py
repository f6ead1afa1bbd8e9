"""The minute's cron, ticked for real while developing."""

import threading
import time
from collections.abc import Callable

from local.client import Runtime, RuntimeFailed

MINUTE_S = 60


class Ticker:
    """Fires the cron at every full minute until stopped. A context manager."""

    def __init__(self, runtime: Runtime, say: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._say = say
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._over.wait(MINUTE_S - time.time() % MINUTE_S):
            try:
                self._runtime.tick()
            except (RuntimeFailed, OSError) as error:
                # Reloading or restarting; the next minute makes up for it.
                if not self._over.is_set():
                    self._say(f"this minute's tick was missed: {error}")

    def __enter__(self) -> "Ticker":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join(5)
