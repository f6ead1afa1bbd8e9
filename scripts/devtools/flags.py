"""What each command takes. Only the standard library: a mistyped flag is refused before anything is installed."""

from __future__ import annotations  # an older Python must get as far as being told that it is too old

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

BENCHES = ("report", "tick", "webhook")

DEPLOY = """\
Deploys an environment of wrangler.toml: looks whether anything is missing, migrates, uploads, says what to do next.
Nothing is touched before everything is known to be there."""

SMOKE = """\
Checks a deployment from outside and plays the story's core on it; what it books it cancels.

What is checked grows with what is known:
  nothing more              health, readiness, OpenAPI, headers, problem details
  SMOKE_TENANT              (its slug) its door is closed to strangers, a forged webhook is refused
  SMOKE_TOKEN, SMOKE_WIX_SECRET as well
                            a signed booking, twice, its confirmation and reminders, and its cancellation
  SMOKE_PHONE               texts the confirmation there; without it the patient has no number, and nothing is sent
  SMOKE_HOST                the tenant's host, if it is not <slug>.<host of URL>
  SMOKE_WIX_INSTANCE        the tenant's site at Wix, if the token may not read its settings

SMOKE_WIX_SECRET is the tenant's wix_hmac_secret; SMOKE_TOKEN the session token of an owner or admin, for two weeks:
  curl https://<tenant's host>/api/v1/auth/codes -H 'content-type: application/json' -d '{"email": "..."}'
  curl https://<tenant's host>/api/v1/auth/sessions -H 'content-type: application/json' \\
       -d '{"sign_in_id": "...", "code": "<the code that was mailed>"}'

Left behind: the contact Smoke Test, one and the same each time, and a cancelled booking, which reports count as such;
lines in the webhook log. Best is a tenant made for it.

Exit code: 0 when nothing failed (what was skipped is said), 1 when something did, 2 when asked what makes no sense."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    wanted.ports = {"--port": wanted.port, "--sandbox-port": wanted.sandbox_port}
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
        "url",
        metavar="URL",
        type=_address,
        help="where the Worker answers, such as https://frontdesk.example",
    )
    parser.add_argument(
        "--notify", metavar="WEBHOOK_URL", type=_address_to_post, help="post the result there as JSON"
    )
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


def is_loopback(host: str) -> bool:
    """Whether it means this machine."""
    return host in LOOPBACK or host.endswith(".localhost")


def _address(text: str) -> str:
    """`https://host[:port]`; without a scheme that is meant, on this machine http. A session token goes there."""
    given = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no address: {error}") from None
    here = is_loopback(host)
    scheme = "http" if here and "://" not in text else parts.scheme
    if not host or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(
            f"{text!r}: a scheme and a host are wanted, such as https://frontdesk.example"
        )
    if scheme not in ("https", "http"):
        raise argparse.ArgumentTypeError(f"{text!r}: only https can be asked")
    if scheme == "http" and not here:
        raise argparse.ArgumentTypeError(
            f"{text!r}: over http everybody on the way could read the token; use https"
        )
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _address_to_post(text: str) -> str:
    if urlsplit(text).scheme in ("https", "http") and urlsplit(text).hostname:
        return text
    raise argparse.ArgumentTypeError(
        "it takes an address to post to"
    )  # which is not repeated: it may be a secret
