"""Duplicates over HTTP: who may be the same person, merging two, and taking that back."""

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.contacts.actions import merging
from frontdesk.contacts.rules import Contact
from frontdesk.core.routing import CtxDep


class Duplicate(BaseModel):
    """Somebody who may be the same person, and why."""

    contact: Contact
    why: str


class Duplicates(BaseModel):
    """Who may be the same person."""

    items: list[Duplicate]


async def list_duplicates(ctx: CtxDep, contact_id: str) -> Duplicates:
    """Contacts that may be the same person; at most 20."""
    found = await merging.duplicates(ctx, contact_id)
    return Duplicates(items=[Duplicate(contact=each, why=why) for each, why in found])


class MergeRequest(BaseModel):
    """The contact that is to become part of this one, and both as they were read."""

    model_config = ConfigDict(extra="forbid")

    other_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    other_version: int = Field(ge=1)


class MergedContact(BaseModel):
    """The survivor. `merge_id` takes the merge back within 30 days."""

    contact: Contact
    merge_id: str


async def merge_contact(ctx: CtxDep, contact_id: str, wanted: MergeRequest) -> MergedContact:
    """Make another contact part of this one. 409 when either was changed since it was read."""
    done = await merging.merge(ctx, contact_id, wanted.version, wanted.other_id, wanted.other_version)
    return MergedContact(contact=done.contact, merge_id=done.merge_id)


async def undo_merge(ctx: CtxDep, merge_id: str) -> Contact:
    """Take a merge back: what came goes back, what is new stays with the survivor, who is the answer."""
    return await merging.undo(ctx, merge_id)
