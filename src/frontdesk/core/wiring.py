"""The shape of the map: what a job kind, a webhook door and a cadence are. The map itself is `app.py`."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from frontdesk.core.ctx import Ctx
    from frontdesk.core.events import Part
    from frontdesk.core.rows import Job

BellName = Literal["automation", "messages"]

ATTEMPTS = 8
"""Tries of a job, spread over some four minutes, before a person has to look at it."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """How one kind of job runs. `attempts` counts the tries before it is dead and waits for a person.

    `gather_ms`: the events of so long a stretch of business time make one such job together, due at its end.
    `give_up` is what else is true from then on, by its last error; it is committed with its death.
    """

    handler: "Callable[[Ctx, Job], Awaitable[None]]"
    bell: BellName = "automation"
    attempts: int = ATTEMPTS
    gather_ms: int | None = None
    give_up: "Callable[[Ctx, Job, str], Sequence[Part]] | None" = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """Literal tables: which job kind runs what, which event makes which jobs, who may hear of which live.

    `live` names the permission it takes by topic, the first word of an event's type; other facts are not announced.
    `triggers` are the types of our own events that rules may wait for.
    """

    jobs: Mapping[str, JobKind]
    events: Mapping[str, tuple[str, ...]]
    live: Mapping[str, str] = field(default_factory=dict)
    triggers: Collection[str] = frozenset()
