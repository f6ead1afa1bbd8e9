"""The vocabulary as an editor reads it, with the stages of the tenant's own pipeline."""

from pydantic import BaseModel

from frontdesk.automation.rules.fields import AROUND, BOOKING, CONTACT, OPERATORS, Field
from frontdesk.automation.rules.vocabulary import ACTIONS, ANCHORS, EVENTS, Param


class FieldItem(BaseModel):
    """A field a condition may look at; `denied` is how a yes or no reads when it is no."""

    path: str
    label: str
    type: str
    options: list[str] | None = None
    denied: str | None = None


class EventItem(BaseModel):
    """An event a rule may wait for. `debounce_minutes` is what counts when a rule says nothing."""

    type: str
    label: str
    subject: str
    debounce_minutes: int
    fields: list[FieldItem]


class AnchorItem(BaseModel):
    """A time a rule may wait for. `daily`: looked at once a day; `after_only`: not beforehand."""

    key: str
    label: str
    daily: bool
    after_only: bool
    fields: list[FieldItem]


class OperatorItem(BaseModel):
    """A way to compare, and what it is compared with."""

    op: str
    label: str
    takes: str


class ParamItem(BaseModel):
    """A parameter of an action."""

    name: str
    type: str
    label: str
    options: list[str] | None = None
    optional: bool = False


class ActionItem(BaseModel):
    """Something a rule may do."""

    do: str
    label: str
    params: list[ParamItem]


class Catalogue(BaseModel):
    """Everything a rule can be made of. Fields of an event come before those that are there for every trigger."""

    events: list[EventItem]
    anchors: list[AnchorItem]
    operators: dict[str, list[OperatorItem]]
    actions: list[ActionItem]


def catalogue_for(stages: tuple[str, ...]) -> Catalogue:
    """The catalogue of a tenant whose pipeline has these stages."""
    everywhere = [_field(each, stages) for each in (*CONTACT, *BOOKING, *AROUND)]
    return Catalogue(
        events=[
            EventItem(
                type=each.type,
                label=each.label,
                subject=each.subject,
                debounce_minutes=each.debounce,
                fields=[*(_field(field, stages) for field in each.fields), *everywhere],
            )
            for each in EVENTS.values()
        ],
        anchors=[
            AnchorItem(
                key=each.key,
                label=each.label[0].upper() + each.label[1:],
                daily=each.daily,
                after_only=each.after_only,
                fields=everywhere,
            )
            for each in ANCHORS.values()
        ],
        operators={
            type_: [OperatorItem(op=each.op, label=each.label, takes=each.takes) for each in found]
            for type_, found in OPERATORS.items()
        },
        actions=[
            ActionItem(do=each.do, label=each.label, params=[_param(param, stages) for param in each.params])
            for each in ACTIONS
        ],
    )


_STAGED = frozenset({"contact.stage", "event.from", "event.to"})


def _field(field: Field, stages: tuple[str, ...]) -> FieldItem:
    options = stages if field.path in _STAGED else field.options
    return FieldItem(
        path=field.path,
        label=field.label,
        type=field.type,
        options=list(options) or None,
        denied=field.denied or None,
    )


def _param(param: Param, stages: tuple[str, ...]) -> ParamItem:
    options = stages if param.type == "stage" else param.options
    return ParamItem(
        name=param.name,
        type=param.type,
        label=param.label,
        options=list(options) or None,
        optional=param.optional,
    )
