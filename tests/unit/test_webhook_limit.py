"""What is not genuine at the webhook door is limited by its network; what is genuine pays nothing."""

from frontdesk import app, webhooks
from frontdesk.integrations.inbound import Accepted, Door, Knock, Refused, Verdict
from support.calls import ask, run
from support.platform import MemoryLimiter, World, make_platform, make_tenant

HERE = ("ip", "203.0.113.7")


class Counting(MemoryLimiter):
    """Remembers who was counted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    async def allows(self, name: str, key: str) -> bool:
        self.asked.append((name, key))
        return await super().allows(name, key)


def at_the_door() -> tuple[World, Counting]:
    world = make_platform()
    make_tenant(world)
    limiter = world.limiter = Counting()
    return world, limiter


def knock(world: World, verdict: Verdict, slug: str = "harbour", ip: str = "203.0.113.7") -> int:
    async def door(_: Knock) -> Verdict:
        return verdict

    doors: dict[str, Door] = {"wix": door}
    request = ask("POST", f"/webhooks/wix/{slug}", body=b"x", ip=ip)
    return run(webhooks.receive(world.platform, app.WIRING, doors, request)).status


def test_a_forgery_over_the_limit_is_turned_away_and_leaves_nothing() -> None:
    world, limiter = at_the_door()
    limiter.refused.add(HERE)
    assert knock(world, Refused("bad_signature", "")) == 429
    assert world.driver.rows("SELECT * FROM deliveries") == []


def test_a_made_up_name_counts_against_the_limit() -> None:
    world, limiter = at_the_door()
    assert knock(world, Refused("bad_signature", ""), slug="nobody") == 404
    assert limiter.asked == [HERE]
    limiter.refused.add(HERE)
    assert knock(world, Refused("bad_signature", ""), slug="nobody") == 429


def test_a_genuine_call_is_not_counted_and_gets_in_whatever_its_neighbours_did() -> None:
    world, limiter = at_the_door()
    limiter.refused.add(HERE)
    assert knock(world, Accepted("e1", "heard", 1, {}, "site")) == 200
    assert limiter.asked == []


def test_a_flood_of_made_up_names_is_no_flood_of_reads() -> None:
    world, limiter = at_the_door()
    world.settings = world.settings.model_copy(update={"tenant_cache_ms": 30_000})
    make_tenant(world, "blue")
    genuine = Accepted("e1", "heard", 1, {}, "site")
    assert knock(world, genuine) == 200  # this isolate knows them from here on
    limiter.refused.add(HERE)
    assert knock(world, genuine, slug="made-up-0") == 429
    asked = world.driver.calls
    assert {knock(world, genuine, slug=f"made-up-{n}") for n in range(1, 50)} == {429}
    assert world.driver.calls == asked, "storage hears nothing of it"
    # Who is known gets in all the same, and so does everybody from elsewhere.
    assert knock(world, Accepted("e2", "heard", 1, {}, "site")) == 200
    assert knock(world, genuine, slug="made-up-51", ip="203.0.113.8") == 404
    assert knock(world, genuine, slug="blue") == 429
    world.real += webhooks.GUESSER_MS
    assert knock(world, genuine, slug="blue") == 200
