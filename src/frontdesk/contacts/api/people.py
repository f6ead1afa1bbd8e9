"""Contacts and their timelines over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.contacts import actions, queries
from frontdesk.contacts.queries import TimelineItem
from frontdesk.contacts.rules import Contact
from frontdesk.core.pages import NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.core.settings import ZoneName


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
    """One contact."""
    return await queries.by_id(ctx, contact_id)


async def get_timeline(
    ctx: CtxDep, contact_id: str, after: str | None = None, limit: Limit = 50
) -> Page[TimelineItem]:
    """Everything that passed between us and a contact, newest first, what is planned on top."""
    await queries.by_id(ctx, contact_id)
    return await queries.timeline(ctx, contact_id, after=decode_cursor(after, NEWEST), limit=limit)


class ContactEdit(BaseModel):
    """The fields to change; `version` is the one that was read, so that nobody's edit is lost."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    first_name: str | None = Field(default=None, max_length=100)
    last_name: str | None = Field(default=None, max_length=100)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=32)
    time_zone: ZoneName | None = None
    stage: str | None = Field(default=None, min_length=1, max_length=40)
    tags: list[Annotated[str, Field(min_length=1, max_length=40)]] | None = Field(default=None, max_length=30)
    existing_patient: bool | None = None


async def edit_contact(ctx: CtxDep, contact_id: str, edit: ContactEdit) -> Contact:
    """Change a contact. 409 when somebody else did since `version`, or when a number belongs to another one."""
    changes = edit.model_dump(exclude_unset=True, exclude={"version"})
    return await actions.edit(ctx, contact_id, edit.version, changes)
