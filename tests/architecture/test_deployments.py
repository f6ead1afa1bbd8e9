"""What deploys where: no two environments share a Worker, a database, a queue or a counter."""

import re
import tomllib
from typing import Any

from architecture.sources import ROOT

from frontdesk.messaging.rules.gate import REASONS
from support.sqlite import SqliteDriver

CONFIG = tomllib.loads((ROOT / "wrangler.toml").read_text())
DEPLOYMENTS: dict[str, dict[str, Any]] = {"development": CONFIG, **CONFIG["env"]}


def owned(deployment: dict[str, Any]) -> set[tuple[str, str]]:
    """All that a deployment writes to or takes from, by what it is called."""
    queues = [*deployment["queues"]["producers"], *deployment["queues"]["consumers"]]
    return {
        ("worker", deployment["name"]),
        *(
            ("d1", each[key])
            for each in deployment["d1_databases"]
            for key in ("database_id", "database_name")
        ),
        *(("kv", each["id"]) for each in deployment["kv_namespaces"]),
        *(("r2", each["bucket_name"]) for each in deployment["r2_buckets"]),
        *(("queue", each["queue"]) for each in queues),
        *(("limit", each["namespace_id"]) for each in deployment["ratelimits"]),
    }


def test_a_deployment_that_forgets_its_environment_overwrites_no_other() -> None:
    assert DEPLOYMENTS.keys() == {"development", "staging", "production"}
    everything = [thing for deployment in DEPLOYMENTS.values() for thing in owned(deployment)]
    assert sorted(everything) == sorted(set(everything))


def test_a_deployment_says_what_it_is() -> None:
    for name, deployment in DEPLOYMENTS.items():
        assert deployment["vars"]["ENVIRONMENT"] == name


def test_what_is_deployed_for_others_is_reached_by_its_domain_alone() -> None:
    for name in ("staging", "production"):
        assert DEPLOYMENTS[name]["workers_dev"] is DEPLOYMENTS[name]["preview_urls"] is False
        domain = DEPLOYMENTS[name]["vars"]["PLATFORM_DOMAIN"]
        assert {route["pattern"] for route in DEPLOYMENTS[name]["routes"]} == {f"{domain}/*", f"*.{domain}/*"}


def test_variables_are_named_for_each_environment_for_none_inherits_them() -> None:
    for deployment in DEPLOYMENTS.values():
        assert deployment["vars"].keys() == CONFIG["vars"].keys()


def test_cloudflare_logs_no_address_of_a_call() -> None:
    """ClickSend's secret, unsubscribe links and browsers' push addresses are in them; environments inherit this."""
    assert CONFIG["observability"]["logs"]["invocation_logs"] is False
    assert CONFIG["observability"]["traces"]["enabled"] is False
    assert not any("observability" in deployment for deployment in CONFIG["env"].values())


def test_a_provider_that_hangs_holds_up_no_other_job_of_its_invocation() -> None:
    """Six connections are all an invocation has (Workers' limits); a job uses one, and bells are rung by another."""
    for deployment in CONFIG["env"].values():
        for consumer in deployment["queues"]["consumers"]:
            assert consumer["max_batch_size"] < 6


def test_what_the_guide_has_one_type_is_taken() -> None:
    guide = (ROOT / "docs" / "guide-deploy.md").read_text()
    (sql,) = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)
    SqliteDriver().connection.execute(sql)
    (reason,) = re.findall(r"reason = '(\w+)'", sql)
    assert reason in REASONS
    for name in (
        "d1 create frontdesk ",
        "create frontdesk-files\n",
        "create frontdesk-automation ",
        "create KV ",
    ):
        assert name in guide
