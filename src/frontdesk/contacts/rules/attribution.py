"""What brought a customer: the credit for a conversion, shared among the touchpoints before it by five models."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from frontdesk.core.clock import DAY

Model = Literal["first", "last", "linear", "decay", "position"]
MODELS: tuple[Model, ...] = get_args(Model)

WHOLE = 1_000_000
"""What is shared unless the caller has something else to share: one conversion, in millionths."""
HALF_LIFE = 7 * DAY
"""Time decay: a touchpoint this much older than the last one has half its weight."""
FINE = 2**40
"""Weights of the decay are whole numbers of this, so that sums do not depend on their order."""


class Touch(NamedTuple):
    """A touchpoint: when (ms UTC), its id, and the source that gets the credit."""

    at: int
    id: str
    source: str


def attribute(
    model: Model, touchpoints: Iterable[tuple[int, str, str]], converted_at: int, whole: int = WHOLE
) -> dict[str, int]:
    """How much of `whole` each source brought about; the shares are integers and sum to `whole` exactly.

    Touchpoints after `converted_at` do not count; without any before it there is nothing to share: {}.
    The order in which touchpoints are given never matters; equal instants are ordered by id.
    Position-based gives 40 % to the first, 40 % to the last and shares 20 % among those between.
    """
    touches = sorted(Touch(*each) for each in touchpoints if each[0] <= converted_at)
    if not touches:
        return {}
    weights: dict[str, int] = {}
    for touch, weight in zip(touches, _weights(model, touches), strict=True):
        weights[touch.source] = weights.get(touch.source, 0) + weight
    return {source: share for source, share in split(whole, weights).items() if share or weights[source]}


def _weights(model: Model, touches: Sequence[Touch]) -> list[int]:
    count = len(touches)
    match model:
        case "first":
            return [1] + [0] * (count - 1)
        case "last":
            return [0] * (count - 1) + [1]
        case "linear":
            return [1] * count
        case "decay":
            newest = touches[-1].at
            return [int(FINE * 0.5 ** min(60, (newest - touch.at) / HALF_LIFE)) for touch in touches]
        case "position":
            if count <= 2:
                return [1] * count
            between = count - 2
            return [2 * between, *[1] * between, 2 * between]


def split(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`whole` (any sign) in proportion to the weights, by largest remainder; of equal ones the earlier gets more.

    Raises:
        ValueError: no weight is above zero.

    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("nothing to share by")
    amount = abs(whole)
    shares = {name: amount * weight // total for name, weight in weights.items()}
    left = amount - sum(shares.values())
    by_remainder = sorted(weights, key=lambda name: -(amount * weights[name] % total))
    for name in by_remainder[:left]:
        shares[name] += 1
    return shares if whole >= 0 else {name: -share for name, share in shares.items()}
