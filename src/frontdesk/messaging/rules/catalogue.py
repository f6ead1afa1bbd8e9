"""A template as staff see it: the tenant's own words where it has some, else the default ones."""

from collections.abc import Iterable
from typing import Protocol

from pydantic import BaseModel

from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.templates import TemplateInvalid, variables_of
from frontdesk.messaging.rules.wording import DEFAULTS, Wording


class Words(BaseModel):
    """Subject (of a mail) and body."""

    subject: str
    body: str


class Template(BaseModel):
    """What a message of this `key` says on a channel. `own`: in the tenant's words; `version` goes back with a change.

    `default` is what it says otherwise; a template that only the tenant has has none.
    """

    key: str
    channel: Channel
    subject: str
    body: str
    own: bool
    version: int
    updated_at: int | None
    default: Words | None
    variables: list[str]


class Row(Protocol):
    """A tenant's own words, as `queries.own_words` reads them."""

    key: str
    channel: Channel
    subject: str
    body: str
    version: int
    updated_at: int


def templates_of(rows: Iterable[Row]) -> list[Template]:
    """Every template there is, by key and channel."""
    own = {(row.key, row.channel): row for row in rows}
    channels: tuple[Channel, ...] = ("email", "sms")
    keys = sorted({key for key, _ in (*own, *DEFAULTS)})
    found = (_template(key, channel, own.get((key, channel))) for key in keys for channel in channels)
    return [each for each in found if each]


def _template(key: str, channel: Channel, row: Row | None) -> Template | None:
    default = DEFAULTS.get((key, channel))
    words = Wording(row.subject, row.body) if row and row.body else default
    if words is None:
        return None
    return Template(
        key=key,
        channel=channel,
        subject=words.subject,
        body=words.body,
        own=bool(row and row.body),
        version=row.version if row else 0,
        updated_at=row.updated_at if row else None,
        default=Words(subject=default.subject, body=default.body) if default else None,
        variables=_variables(words),
    )


def _variables(words: Wording) -> list[str]:
    """What the words read; nothing for words that an older release took and this one does not."""
    try:
        return sorted(variables_of(words.subject) | variables_of(words.body))
    except TemplateInvalid:
        return []
