"""Ringing a bell: tell a queue to look at some job rows. A lost bell costs a minute, never a job."""

from collections.abc import Sequence

from frontdesk.core.platform import Bell, Platform

BATCH = 100
"""Cloudflare's limit of messages in one send."""


async def ring(platform: Platform, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
    """Ring for these rows, at most `BATCH` a send."""
    await platform.reach("ring.before")
    for start in range(0, len(bells), BATCH):
        await platform.bells.ring(name, bells[start : start + BATCH], delay_s=delay_s)
    await platform.reach("ring.after")
