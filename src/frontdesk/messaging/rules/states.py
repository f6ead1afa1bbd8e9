"""How far a message has come: the states, the moves between them, and what a late receipt may change."""

from typing import Literal, get_args

State = Literal[
    "scheduled", "queued", "sending", "sent", "delivered", "failed", "skipped", "unknown", "received"
]
Receipt = Literal["sent", "delivered", "failed"]
STATES: tuple[State, ...] = get_args(State)

# scheduled: waits for its time (or for the end of quiet hours). queued: due, waits for its turn.
# sending: written before the provider is called. unknown: nobody can say; never sent again.
#
# Who moves a message, whence, and what the statement asks of its row; in a job it also asks that the lease is ours.
#   plan          -> scheduled, queued or skipped                    no other has its unique key
#   gate          scheduled, queued -> scheduled, skipped            version as read
#   slot          scheduled, queued -> sending, or queued till then  version as read; no STOP, twin, full cap or other
#                                                                    number since
#   broken words  scheduled, queued -> failed                        version as read
#   answer        sending -> sent, failed, unknown                   a receipt that was quicker stands
#   not yet       sending -> queued                                  the provider surely has not got it
#   other carrier sending -> queued                                  refused for good; never rerouted before
#   question      sending -> sent, delivered, failed, unknown        as the answer; not there: queued, five times
#   receipt       sending, sent, unknown (failed to delivered)       the attempt it was read at; called in before, then
#                                                                    also what is back in line, or died there
#   taken back    scheduled, queued -> skipped                       version as read
#   withdrawn     scheduled, queued -> skipped                       its booking
#   job died      sending -> unknown; scheduled, queued -> failed    its reason says so, and a retry takes that back
#
# A delivered receipt may still come after `failed` (the carrier tried again); nothing undoes `delivered`.
MOVES: dict[State, frozenset[State]] = {
    "scheduled": frozenset({"queued", "sending", "sent", "delivered", "skipped", "failed"}),
    "queued": frozenset({"scheduled", "sending", "sent", "delivered", "skipped", "failed"}),
    "sending": frozenset({"queued", "sent", "delivered", "failed", "unknown"}),
    "sent": frozenset({"delivered", "failed"}),
    "unknown": frozenset({"sending", "sent", "delivered", "failed"}),
    "failed": frozenset({"queued", "sent", "delivered"}),
    "delivered": frozenset(),
    "skipped": frozenset(),
    "received": frozenset(),
}


def may_move(old: State, new: State) -> bool:
    """Whether a message in `old` may become `new`."""
    return new in MOVES[old]


def after_receipt(
    old: State, receipt: Receipt, *, again: bool = False, given_up: bool = False
) -> State | None:
    """The state after a receipt, or None if it changes nothing: late, repeated, or about nothing we sent.

    `again`: it was called in before, so it may have gone although it waits, or was `given_up` waiting.
    """
    if old == "failed" and receipt == "sent":
        return receipt if again and given_up else None
    left = old in ("sending", "sent", "unknown", "failed") or (again and old in ("scheduled", "queued"))
    return receipt if left and may_move(old, receipt) else None


def sources_of(receipt: Receipt, *, again: bool) -> tuple[State, ...]:
    """The states that a receipt changes: the guard of its UPDATE."""
    return tuple(state for state in STATES if after_receipt(state, receipt, again=again))
