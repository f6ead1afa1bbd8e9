"""The smoke test of a deployment, from outside: scripts/smoke --help says what it does and takes."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from devtools import flags
from local.child import end_as_by_ctrl_c
from story.checks import CHECKS, NotKnown, Unmet
from story.deployment import Deployment, Known, Unusable

WIDTH = max(len(check.__doc__ or "") for check in CHECKS)


class Outcome(NamedTuple):
    """One line of the table. `state` is ok, failed or skipped."""

    name: str
    state: str
    detail: str
    ms: int


def smoke(at: Deployment, tell: Callable[[Outcome], None] = lambda _: None) -> list[Outcome]:
    """Every check in turn, told as soon as it is over; one that fails does not keep the later ones from being tried.

    Where nobody answers at all, the first is the last. However it ends, what it booked is cancelled, if that can be.
    """
    outcomes: list[Outcome] = []
    try:
        for check in CHECKS:
            started = time.monotonic()
            deaf = False
            try:
                state, detail = "ok", check(at)
            except NotKnown as needed:
                state, detail = "skipped", str(needed)
            except Unmet as unmet:
                state, detail = "failed", str(unmet)
            except Exception as failure:
                state, detail = "failed", f"{type(failure).__name__}: {failure}"
                deaf = not outcomes and isinstance(failure, OSError | HTTPException)
            ms = round((time.monotonic() - started) * 1000)
            outcomes.append(Outcome(check.__doc__ or check.__name__, state, detail, ms))
            tell(outcomes[-1])
            if deaf:
                break
    finally:
        at.take_back()
    return outcomes


def notify(webhook_url: str, url: str, outcomes: list[Outcome]) -> None:
    """Posts the result as JSON; `text` reads well where only that is shown. Raises OSError."""
    failed = [each.name for each in outcomes if each.state == "failed"]
    summary = f"failed: {' '.join(failed)}" if failed else "all is well"
    body = {
        "text": f"Smoke test of {url}: {summary}",
        "url": url,
        "ok": not failed,
        "checks": [each._asdict() for each in outcomes],
    }
    request = urllib.request.Request(
        webhook_url, json.dumps(body).encode(), {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def show(outcome: Outcome) -> None:
    """Its line."""
    print(f"{outcome.state:8}{outcome.name:{WIDTH}}  {outcome.ms:6} ms  {outcome.detail}", flush=True)


def main(arguments: list[str]) -> int:
    """0 when nothing failed, 1 when something did, 2 when it was asked what cannot be done, 130 when interrupted."""
    wanted = flags.smoke(arguments)
    end_as_by_ctrl_c()
    try:
        at = Deployment(wanted.url, Known.from_environment(os.environ))
    except Unusable as why:
        print(f"smoke: {why}", file=sys.stderr)
        return 2
    try:
        outcomes = smoke(at, show)
    except KeyboardInterrupt:
        left = f"; the booking {at.booking_id} may still be there" if at.is_booked else ""
        print(f"\nsmoke: stopped{left}", file=sys.stderr)
        return 130
    failed = any(each.state == "failed" for each in outcomes)
    skipped = len([each for each in outcomes if each.state == "skipped"])
    verdict = "failed" if failed else f"ok, {skipped} of {len(CHECKS)} checks skipped" if skipped else "ok"
    print(f"\n{at.url}: {verdict}")
    if wanted.notify:
        try:
            notify(wanted.notify, at.url, outcomes)
        except OSError as error:
            # Its host only: whoever has the rest of such an address can post there.
            print(
                f"smoke: nobody could be told at {urlsplit(wanted.notify).hostname}: {error}", file=sys.stderr
            )
            return 1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
