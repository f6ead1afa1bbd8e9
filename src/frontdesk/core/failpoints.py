"""Named places between two awaits where a test can kill the process; inert unless a local door arms one."""

from collections.abc import Awaitable, Callable

# Every name is reached by the crash tests, and every use is one of these: tests/architecture checks both.
FAILPOINTS = (
    "webhook.verified",
    "webhook.committed",
    "commit.before",
    "commit.after",
    "ring.before",
    "ring.after",
    "claim.before",
    "claim.after",
    "handler.after",
    "settle.before",
    "settle.after",
    "rule.matched",
    "rule.acting",
    "call.before",
    "call.after",
    "send.before",
    "send.after",
    "tick.before",
    "tick.fanned",
)

Reach = Callable[[str], Awaitable[None]]


async def inert(name: str) -> None:
    """The failpoint of production: nothing."""
