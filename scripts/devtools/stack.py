"""The whole stack on one state directory: provider sandbox, migrated databases, Worker. For dev, flows and benches."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from devtools import secrets
from devtools.migrate import migrate
from local import child
from local.child import ROOT
from local.client import Runtime


class Stack:
    """A running sandbox and Worker that know each other. A context manager: leaving it stops both."""

    def __init__(
        self,
        state: Path,
        sandbox_url: str,
        sandbox: "subprocess.Popen[str]",
        runtime: Runtime,
    ) -> None:
        self.state = state
        self.sandbox_url = sandbox_url
        self.sandbox = sandbox
        self.runtime = runtime

    @property
    def url(self) -> str:
        """The Worker's, by address; tenants live at `<slug>.localhost` on the same port."""
        return self.runtime.url

    def tenant_url(self, slug: str) -> str:
        """Where a tenant lives, for browsers and curl; other clients send it as the Host header."""
        return self.runtime.url.replace("127.0.0.1", f"{slug}.localhost")

    @classmethod
    def start(
        cls,
        state: Path,
        *,
        port: int = 0,
        sandbox_port: int = 0,
        variables: Mapping[str, str] | None = None,
        own_secrets: bool = False,
        watch: bool = False,
        quiet: bool = False,
        log: IO[str] | int | None = None,
    ) -> "Stack":
        """`variables` are laid over those of wrangler.toml and the demo secrets; with `own_secrets`, those of .dev.vars
        take the demo's place, and an edit there is taken up with `watch`.

        Raises NotReady, RuntimeFailed or MigrationFailed; whatever had started is stopped then.
        """
        worker_state, sandbox_state = state / "worker", state / "sandbox"
        sandbox_state.mkdir(parents=True, exist_ok=True)
        process, url = start_sandbox(sandbox_state, sandbox_port, log=log)
        try:
            migrate(worker_state)
            # Known beforehand, because what leaves the Worker says where it can be reached.
            port = port or child.free_port()
            providers = {
                "CLICKSEND_API": f"{url}/clicksend",
                "TWILIO_API": f"{url}/twilio",
                "RESEND_API": f"{url}/resend",
                "PUSH_SERVICES": f"{url}/push/",
                "PUBLIC_URL": f"http://{{slug}}.localhost:{port}",
            }
            # The runtime reads .dev.vars by itself, beside wrangler.toml.
            given = {**({} if own_secrets else secrets.demo()), **providers, **(variables or {})}
            runtime = Runtime.start(
                state=worker_state,
                port=port,
                variables=given,
                watch=watch,
                quiet=quiet,
                log=log,
            )
        except BaseException:
            child.end(process)
            raise
        return cls(state, url, process, runtime)

    def stop(self) -> None:
        """The Worker first, so that it does not call a sandbox that has gone."""
        self.runtime.stop()
        child.end(self.sandbox)

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()


def start_sandbox(
    state: Path, port: int, *, log: IO[str] | int | None = None
) -> tuple["subprocess.Popen[str]", str]:
    """The sandbox's process and URL. It ends when we do. Raises NotReady."""
    attended = [sys.executable, str(ROOT / "scripts" / "local" / "attended.py")]
    command = [sys.executable, str(ROOT / "scripts" / "sandbox"), "--port", str(port), "--state", str(state)]
    process, ready = child.start([*attended, *command], name="the sandbox", log=log)
    return process, ready["url"]
