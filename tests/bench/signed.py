"""Genuine Wix webhooks made ahead of the run, so that signing them costs nobody's time."""

from pathlib import Path

from sandbox.signing import wix_token
from sandbox.wix import Wanted, envelope, new_booking, webhook
from sandbox.world import World


def sign(path: Path, count: int, *, instance: str, private_key_pem: str) -> None:
    """Writes `count` webhooks of some 3 KB, one a line, each of another booking; a millisecond each."""
    world = World(None)
    tokens = []
    for number in range(count):
        wanted = Wanted(
            phone=f"+614{number:08d}", email=f"p{number}@example.com", timezone="Australia/Sydney"
        )
        event = envelope(world, "create", new_booking(world, instance, wanted), {}, 1, "object")
        tokens.append(wix_token(webhook(event, instance), private_key_pem))
    world.store.close()
    path.write_text("\n".join(tokens))
