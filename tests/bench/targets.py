"""The Workers that are compared, on the same runtime, the same schema and the same tenant."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools import secrets
from devtools.migrate import migrate
from devtools.stack import start_sandbox
from local import child
from local.child import ROOT
from local.client import Runtime
from sandbox.client import Sandbox
from sandbox.signing import public_pem
from seed.office import Credentials, Office, Profile, install

HERE = Path(__file__).parent
DEPLOYED = ROOT / "wrangler.toml"
CONFIGS = ROOT / ".wrangler" / "bench"
"""Always the same place: what wrangler makes of a configuration is kept by its path."""

CLASSES = ("durable_objects", "migrations")
"""Of the configuration: what only the product exports."""

TENANT = Profile(slug="bench", name="Bench")


@dataclass(frozen=True)
class Target:
    """One running Worker; `url` is where Wix would post to."""

    name: str
    runtime: Runtime

    @property
    def url(self) -> str:
        return f"{self.runtime.url}/webhooks/wix/{TENANT.slug}"

    def count(self, table: str) -> int:
        """How many of the tenant's rows came in by webhook."""
        where = "kind = 'bookings.apply'" if table == "jobs" else "source = 'wix'"
        return int(self.runtime.d1(f"SELECT count(*) AS n FROM {table} WHERE {where}")[0]["n"])


@contextmanager
def outside(state: Path) -> Iterator[Sandbox]:
    """The simulated providers: idle while the doors are compared."""
    with (state / "sandbox.log").open("w") as log:
        process, url = start_sandbox(state, 0, log=log)
        try:
            yield Sandbox(url)
        finally:
            child.end(process)


@contextmanager
def floor(state: Path) -> Iterator[Target]:
    """A Python Worker that answers "ok"."""
    with _running("floor", state, _config("floor", HERE / "floor" / "main.py")) as target:
        yield target


@contextmanager
def obvious(state: Path, office: Office, private_key_pem: str, rows: Mapping[str, Any]) -> Iterator[Target]:
    """FastAPI on the SDK. `rows`: the tenant's row, copied; its key lies open, so nothing need be unsealed."""
    migrate(state)
    with _running("fastapi", state, _config("fastapi", HERE / "obvious" / "main.py")) as target:
        columns = ", ".join(rows)
        marks = ", ".join("?" * len(rows))
        target.runtime.d1_batch(
            [
                (f"INSERT INTO tenants ({columns}) VALUES ({marks})", list(rows.values())),
                (
                    "INSERT INTO tenant_secrets VALUES (?, 'wix_public_key', 'current', ?, 0)",
                    [office.tenant.id, public_pem(private_key_pem)],
                ),
            ]
        )
        yield target


@contextmanager
def product(
    state: Path, sandbox: Sandbox, private_key_pem: str, *, consumers: bool = False
) -> Iterator[tuple[Target, Office]]:
    """Frontdesk; without `consumers`, what the bells would start does not run."""
    migrate(state)
    config = DEPLOYED if consumers else _config("frontdesk", ROOT / "src" / "main.py")
    own = secrets.demo()
    variables = {**own, "CLICKSEND_API": sandbox.clicksend_api, "RESEND_API": sandbox.resend_api}
    with _running("frontdesk", state, config, variables) as target:
        office = install(
            target.runtime,
            sandbox,
            TENANT,
            master_key=own["MASTER_KEY_CURRENT"],
            credentials=Credentials(wix_private_key_pem=private_key_pem),
        )
        yield target, office


@contextmanager
def alone(name: str, state: Path) -> Iterator[Runtime]:
    """Frontdesk with nobody behind the queues, no tenants and no providers: for what needs none."""
    migrate(state)
    with _running(name, state, _config(name, ROOT / "src" / "main.py"), secrets.demo()) as target:
        yield target.runtime


@contextmanager
def _running(
    name: str, state: Path, config: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Target]:
    with (
        (state / f"{name}.log").open("w") as log,
        Runtime.start(state=state, config=config, variables=variables, log=log) as runtime,
    ):
        yield Target(name, runtime)


def _config(name: str, main: Path) -> Path:
    """The deployed configuration, bindings and all, with another entry and nobody behind the queues.

    A queue without a consumer drops what is sent: the sender pays for sending, and nothing else runs meanwhile.
    """
    with DEPLOYED.open("rb") as file:
        deployed: dict[str, Any] = tomllib.load(file)
    up = Path("..") / ".."
    left = {"env", "triggers"} if main.is_relative_to(ROOT / "src") else {"env", "triggers", *CLASSES}
    made = {section: value for section, value in deployed.items() if section not in left}
    made["name"] = f"bench-{name}"
    made["main"] = str(up / main.relative_to(ROOT))
    made["assets"] = {**deployed["assets"], "directory": str(up / deployed["assets"]["directory"])}
    made["queues"] = {"producers": deployed["queues"]["producers"]}
    CONFIGS.mkdir(parents=True, exist_ok=True)
    path = CONFIGS / f"{name}.json"
    path.write_text(json.dumps(made, indent=1))
    return path
