"""What a rule says: its trigger, conditions, delay and actions, as validated JSON and nothing else."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

MAX_MINUTES = 400 * 24 * 60
"""A recall a year ahead and some days."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Id = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OnEvent(_Part):
    """When something happens."""

    on: Literal["event"]
    type: Annotated[str, Field(max_length=60, examples=["booking.created"])]


class OnTime(_Part):
    """Before (negative) or after an instant that a booking or contact has; `minutes` 0 is at that instant."""

    on: Literal["time"]
    anchor: Annotated[str, Field(max_length=60, examples=["booking.starts_at"])]
    minutes: Annotated[int, Field(ge=-MAX_MINUTES, le=MAX_MINUTES)] = 0


Trigger = Annotated[OnEvent | OnTime, Field(discriminator="on")]


Value = (
    bool | int | float | str | Annotated[tuple[bool | int | float | str, ...], Field(max_length=30)] | None
)
"""What a field is compared with: a plain value, or several where any of them will do."""


class Test(_Part):
    """One comparison: a field of the catalogue, an operator of its type, and a value where it takes one."""

    __test__ = False  # pytest is not meant

    field: Annotated[str, Field(max_length=60)]
    op: Annotated[str, Field(max_length=40)]
    value: Value = None


class All(_Part):
    """Holds when each does; without any it always holds."""

    all: Annotated[tuple["Clause", ...], Field(max_length=20)]


class AnyOf(_Part):
    """Holds when at least one does."""

    any: Annotated[tuple["Clause", ...], Field(max_length=20)]


class NoneOf(_Part):
    """Holds when not one does."""

    none: Annotated[tuple["Clause", ...], Field(max_length=20)]


def _which(value: Any) -> str:
    """By its telling field, so that a mistake is told about the kind that was meant."""
    for name in ("all", "any", "none"):
        if (name in value) if isinstance(value, dict) else hasattr(value, name):
            return name
    return "test"


_Group = Annotated[All, Tag("all")] | Annotated[AnyOf, Tag("any")] | Annotated[NoneOf, Tag("none")]
Group = Annotated[_Group, Discriminator(_which)]
Clause = Annotated[_Group | Annotated[Test, Tag("test")], Discriminator(_which)]

for _model in (All, AnyOf, NoneOf):
    _model.model_rebuild()

ALWAYS = All(all=())


class Delay(_Part):
    """How long to wait; `within_hours`: then until the business is open."""

    minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES)] = 0
    within_hours: bool = False


class Send(_Part):
    """A message in a template's words. `once`: for a booking or contact only ever once, whichever rule sends it."""

    do: Literal["send"]
    template: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]
    channel: Literal["auto", "sms", "email"] = "auto"
    purpose: Literal["transactional", "service", "marketing"] = "service"
    once: Literal["run", "booking", "contact"] = "run"


TaskType = Literal["welcome_call", "follow_up", "recall", "review", "confirm", "other"]


class CreateTask(_Part):
    """Something for staff. The title may use a template's variables. `due`: at once, after minutes, or by closing."""

    do: Literal["create_task"]
    type: TaskType = "follow_up"
    title: Text
    note: Annotated[str, Field(max_length=1000)] = ""
    due: Literal["now", "minutes", "end_of_business_day"] = "end_of_business_day"
    due_minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES)] = 0
    assignee_id: Id | None = None


class MoveStage(_Part):
    """The contact's place in the pipeline."""

    do: Literal["move_stage"]
    stage: Word


class TagContact(_Part):
    """Tags put on and taken off the contact."""

    do: Literal["tag"]
    add: Annotated[tuple[Word, ...], Field(max_length=10)] = ()
    remove: Annotated[tuple[Word, ...], Field(max_length=10)] = ()


class SetIntent(_Part):
    """How much the contact seems to want it, 0 to 100; goes into warmness."""

    do: Literal["set_intent"]
    value: Annotated[int, Field(ge=0, le=100)]


class Notify(_Part):
    """A notice on the dashboard, to one colleague or everybody; an urgent one is pushed to their devices."""

    do: Literal["notify"]
    title: Text
    body: Annotated[str, Field(max_length=500)] = ""
    urgent: bool = False
    staff_id: Id | None = None


class CallWebhook(_Part):
    """One signed POST to an address of the tenant's choosing."""

    do: Literal["call_webhook"]
    url: Annotated[str, Field(min_length=10, max_length=500, pattern=r"^https?://[!-~]+$")]


class StartRule(_Part):
    """Another rule for the same occasion, its own conditions and delay included."""

    do: Literal["start_rule"]
    rule_id: Id


Action = Annotated[
    Send | CreateTask | MoveStage | TagContact | SetIntent | Notify | CallWebhook | StartRule,
    Field(discriminator="do"),
]


class Definition(_Part):
    """A whole rule: when `trigger` and `conditions`, after `delay` if `still`, then `actions`, in one commit.

    `debounce_minutes`: edits to one record within so long count once, as it stands at the end of them; null is
    what the catalogue says of the event.
    """

    trigger: Trigger
    conditions: Group = ALWAYS
    delay: Delay | None = None
    still: Group | None = None
    debounce_minutes: Annotated[int, Field(ge=0, le=24 * 60)] | None = None
    actions: Annotated[tuple[Action, ...], Field(min_length=1, max_length=10)]


def tests_of(clause: Any, at: str) -> Iterator[tuple[str, Test, int]]:
    """Every comparison within, with the path to it and how deep it stands."""
    yield from _tests(clause, at, 0)


def _tests(clause: Any, at: str, depth: int) -> Iterator[tuple[str, Test, int]]:
    if isinstance(clause, Test):
        yield at, clause, depth
        return
    name = _which(clause)
    for index, each in enumerate(getattr(clause, name)):
        yield from _tests(each, f"{at}.{name}.{index}", depth + 1)


def dumped(definition: Definition) -> dict[str, Any]:
    """As it is stored and shown: whole, but for what is null."""
    return definition.model_dump(mode="json", exclude_none=True)
