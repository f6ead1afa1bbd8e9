"""How far a message has come: the states, the moves between them, and what a late receipt may change."""

from typing import Literal, get_args

State = Literal[
    "scheduled", "queued", "sending", "sent", "delivered", "failed", "skipped", "unknown", "received"
]
Receipt = Literal["sent", "delivered", "failed"]
STATES: tuple[State, ...] = get_args(State)

# scheduled: waits for its time (or for the end of quiet hours). queued: due, waits for its turn.
# sending: written before the provider is called. unknown: nobody can say; never sent again.
# A delivered receipt may still come after `failed` (the carrier tried again); nothing undoes `delivered`.
MOVES: dict[State, frozenset[State]] = {
    "scheduled": frozenset({"queued", "sending", "skipped"}),
    "queued": frozenset({"scheduled", "sending", "skipped"}),
    "sending": frozenset({"queued", "sent", "delivered", "failed", "unknown"}),
    "sent": frozenset({"delivered", "failed"}),
    "unknown": frozenset({"sent", "delivered", "failed"}),
    "failed": frozenset({"delivered"}),
    "delivered": frozenset(),
    "skipped": frozenset(),
    "received": frozenset(),
}
VOIDABLE: tuple[State, ...] = ("scheduled", "queued")
"""What a reschedule or a cancellation can still take back."""


def may_move(old: State, new: State) -> bool:
    """Whether a message in `old` may become `new`."""
    return new in MOVES[old]


def sources_of(new: State) -> tuple[State, ...]:
    """The states from which `new` can be reached: the guard of an UPDATE."""
    return tuple(state for state in STATES if new in MOVES[state])


def after_receipt(old: State, receipt: Receipt) -> State | None:
    """The state after a receipt, or None if it changes nothing: late, repeated, or about nothing we sent."""
    return receipt if old in ("sending", "sent", "unknown", "failed") and may_move(old, receipt) else None
