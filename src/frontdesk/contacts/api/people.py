"""Contacts and their timelines over HTTP."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from frontdesk.auth.rules import may
from frontdesk.contacts import actions, queries
from frontdesk.contacts.queries import TimelineItem
from frontdesk.contacts.rules import Contact, Person
from frontdesk.core.mailbox import mailbox
from frontdesk.core.pages import END_OF_TIME, NEWEST, Limit, Page, decode_cursor
from frontdesk.core.phone import to_e164
from frontdesk.core.routing import CtxDep
from frontdesk.core.settings import ZoneName
from frontdesk.core.typed import Key, Line, Note, Title


async def list_contacts(
    ctx: CtxDep,
    search: Annotated[str | None, Field(max_length=100)] = None,
    stage: str | None = None,
    tag: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Contact]:
    """Contacts, the latest heard of first. `search` is the start of a name, an e-mail or a phone number."""
    return await queries.listed(
        ctx, after=decode_cursor(after, NEWEST), limit=limit, search=search or None, stage=stage, tag=tag
    )


async def get_contact(ctx: CtxDep, contact_id: str) -> Contact:
    """One contact. One that was merged into another says so in `merged_into`."""
    return await queries.by_id(ctx, contact_id)


async def get_timeline(
    ctx: CtxDep, contact_id: str, after: str | None = None, limit: Limit = 50
) -> Page[TimelineItem]:
    """Everything that passed between us and a contact, newest first, what is planned on top.

    What messages say is for those with the permission `messages:read`.
    """
    await queries.by_id(ctx, contact_id)
    return await queries.timeline(
        ctx,
        contact_id,
        after=decode_cursor(after, NEWEST),
        limit=limit,
        words=may(ctx.actor, "messages:read"),
    )


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Name = Annotated[Line, Field(max_length=100)]
Tags = Annotated[list[Annotated[Title, Field(max_length=40)]], Field(max_length=30), AfterValidator(_once)]


class NewContact(BaseModel):
    """Somebody staff met. A name, a number or an address is enough; `note` becomes their first line.

    `key`, made up by the caller, makes a repeat harmless: the first contact is answered again.
    """

    model_config = ConfigDict(extra="forbid")

    first_name: Name = ""
    last_name: Name = ""
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=32)
    time_zone: ZoneName | None = None
    source: Annotated[Title, Field(max_length=40)] = "staff"
    tags: Tags = Field(default_factory=list)
    note: Annotated[Note, Field(max_length=500)] = ""
    key: Key = ""


async def create_contact(ctx: CtxDep, new: NewContact) -> Contact:
    """A new contact. 409 when the number or address is another contact's, whose id the answer carries."""
    person = Person(
        source=new.source,
        first_name=new.first_name,
        last_name=new.last_name,
        email=mailbox(new.email) if new.email else None,
        phone=to_e164(new.phone, ctx.tenant.country) if new.phone else None,
        time_zone=new.time_zone,
    )
    return await actions.create(ctx, person, new.tags, new.note, new.key)


class ContactEdit(BaseModel):
    """The fields to change; `version` is the one that was read, so that nobody's edit is lost."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    first_name: Name | None = None
    last_name: Name | None = None
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=32)
    time_zone: ZoneName | None = None
    stage: str | None = Field(default=None, min_length=1, max_length=40)
    tags: Tags | None = None
    existing_patient: bool | None = None
    intent: int | None = Field(default=None, ge=0, le=100)
    recall_due_at: int | None = Field(default=None, ge=0, le=END_OF_TIME)
    recall_service: Name | None = None


async def edit_contact(ctx: CtxDep, contact_id: str, edit: ContactEdit) -> Contact:
    """Change a contact. 409 when somebody else did since `version`, or when a number belongs to another one."""
    changes = edit.model_dump(exclude_unset=True, exclude={"version"})
    return await actions.edit(ctx, contact_id, edit.version, changes)
