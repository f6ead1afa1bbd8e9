"""What each command takes. Only the standard library: a mistyped flag is refused before anything is installed."""

from __future__ import annotations  # an older Python must get as far as being told that it is too old

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

BENCHES = ("report", "tick", "webhook")

DEPLOY = """\
Deploys an environment of wrangler.toml: looks whether anything is missing, migrates, uploads, says what to do next.
Nothing is touched before everything is known to be there."""

SMOKE = """\
Checks a deployment from outside and plays the story's core on it; what it books it cancels.

What is checked grows with what is known. Always: health, readiness, OpenAPI, headers, problem details. With
SMOKE_TENANT (a slug): the tenant's door and a forged webhook. With SMOKE_WIX_SECRET and SMOKE_TOKEN (the session
token of an owner or admin) as well: a signed booking, twice, its contact, confirmation and reminders, and its
cancellation. The patient has no number, so nothing is sent, unless SMOKE_PHONE names one to text the confirmation to.
SMOKE_HOST: the tenant's host if it is not <slug>.<host of URL>. SMOKE_WIX_INSTANCE: if the token may not read it."""


def dev(arguments: Sequence[str]) -> argparse.Namespace:
    """Of scripts/dev. Raises SystemExit for what makes no sense, as argparse does; so do the others."""
    parser = _parser("dev", "Everything running and the demo story told, until Ctrl-C.")
    parser.add_argument("--port", type=_port, help="the Worker's (8787; any free one with --once)")
    parser.add_argument("--sandbox-port", type=_port, help="the sandbox's (8788; any free one with --once)")
    parser.add_argument(
        "--state", type=_place, help="where everything is kept (.dev; a new place with --once)"
    )
    parser.add_argument("--reset", action="store_true", help="forget what the state directory holds")
    parser.add_argument("--no-demo", action="store_true", help="neither demo tenants nor the story")
    parser.add_argument("--once", action="store_true", help="play the story on fresh state, check it, exit")
    wanted = parser.parse_args(arguments)
    if wanted.once and wanted.no_demo:
        parser.error("--once plays the story, --no-demo leaves it out: choose one")
    usual = (0, 0) if wanted.once else (8787, 8788)
    wanted.port = usual[0] if wanted.port is None else wanted.port
    wanted.sandbox_port = usual[1] if wanted.sandbox_port is None else wanted.sandbox_port
    if wanted.port and wanted.port == wanted.sandbox_port:
        parser.error(f"--port and --sandbox-port are both {wanted.port}")
    return wanted


def deploy(arguments: Sequence[str]) -> argparse.Namespace:
    """Of scripts/deploy."""
    parser = _parser("deploy", DEPLOY)
    parser.add_argument("environment", choices=("staging", "production"))
    parser.add_argument("flags", nargs=argparse.REMAINDER, help="for `wrangler deploy`, such as --dry-run")
    return parser.parse_args(arguments)


def smoke(arguments: Sequence[str]) -> argparse.Namespace:
    """Of scripts/smoke."""
    parser = _parser("smoke", SMOKE)
    parser.add_argument(
        "url", metavar="URL", help="where the Worker answers, such as https://frontdesk.example"
    )
    parser.add_argument("--notify", metavar="WEBHOOK_URL", help="post the result there as JSON")
    return parser.parse_args(arguments)


def bench(arguments: Sequence[str]) -> argparse.Namespace:
    """Of scripts/bench."""
    parser = _parser("bench", "How fast it is. Never a verdict.")
    parser.add_argument("name", nargs="?", choices=BENCHES, help="one of them (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    return parser.parse_args(arguments)


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"scripts/{command}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 to 65535, or 0 for any free one")


def _place(text: str) -> Path:
    """Relative to where the command was given; scripts/dev itself runs at the root."""
    return Path(os.environ.get("CALLED_FROM", "."), text).absolute()
