"""Deploys an environment of wrangler.toml: looks whether anything is missing, migrates, uploads, says what to do next.

Nothing is touched before everything is known to be there. The database is migrated first, so the code that is still
running must get on with the new tables: a migration adds, it does not take away.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from devtools import flags
from devtools.remote import migrate
from local.child import ROOT, environment

SECRETS = ("MASTER_KEY_CURRENT",)
PUSHES = ("VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY", "VAPID_SUBJECT")
PLACEHOLDER = re.compile(r"[0-]*\d?")  # as committed: zeros and a number
LOCAL = re.compile(r"//(localhost|127\.0\.0\.1)[:/]")


def say(text: str) -> None:
    print(f"deploy: {text}", flush=True)


def missing(name: str, config: Mapping[str, Any]) -> list[str]:
    """What wrangler.toml still lacks for environment `name`, each with what to do about it."""
    found = []
    variables: Mapping[str, str] = config.get("vars", {})
    if variables.get("ENVIRONMENT") != name:
        found.append(f'ENVIRONMENT is not "{name}"')
    domain = variables.get("PLATFORM_DOMAIN", "")
    if not domain or domain == "localhost" or domain.endswith(".example"):
        found.append(f"PLATFORM_DOMAIN is {domain!r}: put the domain under which tenants live")
    routed = {route["pattern"] for route in config.get("routes", [])}
    found += [
        f"no route brings {pattern} here: add it to routes, and a proxied DNS record for its name"
        for pattern in (f"{domain}/*", f"*.{domain}/*")
        if pattern not in routed
    ]
    found += [
        f"zone_name of the route {route['pattern']} is {route['zone_name']!r}, and {domain} is not in that zone"
        for route in config.get("routes", [])
        if not f".{domain}".endswith(f".{route['zone_name']}")
    ]
    found += [
        f"{variable} is {value}: nobody answers there but on a developer's machine"
        for variable, value in variables.items()
        if LOCAL.search(value)
    ]
    for database in config.get("d1_databases", []):
        if PLACEHOLDER.fullmatch(database.get("database_id", "")):
            called = database["database_name"]
            found.append(
                f"database_id of {called} is a placeholder: `wrangler d1 create {called}` prints one"
            )
    for space in config.get("kv_namespaces", []):
        if PLACEHOLDER.fullmatch(space.get("id", "")):
            make = f"wrangler kv namespace create {space['binding']} --env {name}"
            found.append(f"id of the KV namespace {space['binding']} is a placeholder: `{make}` prints one")
    return found


def unset(name: str, there: Collection[str]) -> list[str]:
    """The secrets without which the Worker cannot serve, each with how to set it."""
    wanted = [*SECRETS, *(PUSHES if set(PUSHES) & set(there) else ())]  # pushes need all three, or none
    return [
        f"secret {secret} is not set: `wrangler secret put {secret} --env {name}`"
        for secret in wanted
        if secret not in there
    ]


def secrets_of(name: str) -> list[str]:
    """The names of the secrets that are set. Raises SystemExit with wrangler's words, when not signed in for one."""
    done = subprocess.run(
        ["wrangler", "secret", "list", "--env", name, "--format", "json"],
        cwd=ROOT,
        env={**environment(), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    try:
        if done.returncode:
            raise ValueError
        return [str(each["name"]) for each in json.loads(done.stdout)]
    except (ValueError, KeyError, TypeError):
        raise SystemExit(
            f"{done.stdout}{done.stderr}\ndeploy: cannot see which secrets are set. Not signed in: `wrangler login`. "
            f"Never deployed: the first `wrangler secret put {SECRETS[0]} --env {name}` makes the Worker"
        ) from None


def run(*command: str) -> None:
    """wrangler, seen and answered by whoever deploys. Raises SystemExit when it fails."""
    say(" ".join(command))
    code = subprocess.run(command, cwd=ROOT, env=environment()).returncode
    if code:
        raise SystemExit(f"deploy: {' '.join(command[:3])} failed; nothing after it was done")


def deploy(name: str, passed: list[str]) -> None:
    """Raises SystemExit with everything that is missing, or when a step fails. `--dry-run` only builds the bundle."""
    config = tomllib.loads((ROOT / "wrangler.toml").read_text())["env"][name]
    dry = "--dry-run" in passed
    lacks = missing(name, config)
    if not (lacks or dry):
        there = secrets_of(name)
        lacks = unset(name, there)
        if not set(PUSHES) & set(there):
            say(f"without {', '.join(PUSHES)} no browser is pushed anything")
    for each in lacks:
        say(each)
    if lacks and not dry:
        raise SystemExit("deploy: nothing was changed")
    if not dry:
        migrate(name, run)
    run("wrangler", "deploy", "--env", name, *passed)
    if not dry:
        say(f"done; see that it works: ./scripts/smoke https://{config['vars']['PLATFORM_DOMAIN']}")
    elif lacks:
        raise SystemExit("deploy: the bundle builds, but see above")


def main(arguments: list[str]) -> None:
    wanted = flags.deploy(arguments)
    deploy(wanted.environment, wanted.flags)


if __name__ == "__main__":
    main(sys.argv[1:])
