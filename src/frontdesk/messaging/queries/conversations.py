"""Reading the inbox."""

from typing import Literal

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.messaging.rules.message import Direction, Medium
from frontdesk.messaging.rules.states import State

View = Literal["open", "unread", "mine", "unassigned", "done"]


class Conversed(BaseModel):
    """A conversation with whose it is and its last message; instants in business ms."""

    contact_id: str
    name: str
    phone: str | None
    email: str | None
    last_message_id: str
    last_at: int
    direction: Direction
    channel: Medium
    preview: str
    state: State
    reason: str
    unread: int
    waiting_since: int | None
    assignee_id: str | None
    assignee_name: str | None
    done: bool
    read_at: int
    done_at: int | None
    version: int


_SHOWN = """
    k.contact_id, trim(c.first_name || ' ' || c.last_name) AS name, c.phone, c.email, k.last_message_id, k.last_at,
    k.direction, k.channel, k.preview, COALESCE(m.state, 'received') AS state, COALESCE(m.reason, '') AS reason,
    k.unread, k.waiting_since, k.assignee_id, s.name AS assignee_name, k.done, k.read_at, k.done_at, k.version
"""
_WHOSE = """
    JOIN contacts c ON c.tenant_id = :tenant AND c.id = k.contact_id
    LEFT JOIN messages m ON m.tenant_id = :tenant AND m.id = k.last_message_id
    LEFT JOIN staff s ON s.tenant_id = :tenant AND s.id = k.assignee_id
"""
# The start of a word of the name or of what was said last, or digits of the number.
_WANTED = """
    (k.last_at, k.contact_id) < (:at, :id)
      AND (:text IS NULL OR instr(lower(' ' || c.first_name || ' ' || c.last_name), ' ' || lower(:text)) > 0
           OR instr(lower(' ' || k.preview), ' ' || lower(:text)) > 0
           OR (:digits <> '' AND instr(COALESCE(c.phone, ''), :digits) > 0))
    ORDER BY k.last_at DESC, k.contact_id DESC LIMIT :limit
"""
_ONE = f"SELECT {_SHOWN} FROM conversations k {_WHOSE} WHERE k.tenant_id = :tenant AND k.contact_id = :id"
_OPEN = f"""
    SELECT {_SHOWN} FROM conversations k INDEXED BY conversations_open {_WHOSE}
    WHERE k.tenant_id = :tenant AND k.done = 0 AND {_WANTED}
"""
_DONE = f"""
    SELECT {_SHOWN} FROM conversations k INDEXED BY conversations_done {_WHOSE}
    WHERE k.tenant_id = :tenant AND k.done = 1 AND {_WANTED}
"""
_UNREAD = f"""
    SELECT {_SHOWN} FROM conversations k INDEXED BY conversations_unread {_WHOSE}
    WHERE k.tenant_id = :tenant AND k.unread > 0 AND {_WANTED}
"""
_MINE = f"""
    SELECT {_SHOWN} FROM conversations k INDEXED BY conversations_by_assignee {_WHOSE}
    WHERE k.tenant_id = :tenant AND k.assignee_id = :staff_id AND k.done = 0 AND {_WANTED}
"""
_UNASSIGNED = f"""
    SELECT {_SHOWN} FROM conversations k INDEXED BY conversations_by_assignee {_WHOSE}
    WHERE k.tenant_id = :tenant AND k.assignee_id IS NULL AND k.done = 0 AND {_WANTED}
"""
_VIEWS: dict[View, str] = {
    "open": _OPEN,
    "done": _DONE,
    "unread": _UNREAD,
    "mine": _MINE,
    "unassigned": _UNASSIGNED,
}


async def conversation(ctx: Ctx, contact_id: str) -> Conversed:
    """A contact's conversation. Raises NotFound while nothing was said."""
    return await ctx.db.one(Conversed, _ONE, id=contact_id)


async def conversations(
    ctx: Ctx, *, view: View, search: str | None, after: Cursor, limit: int
) -> Page[Conversed]:
    """A view of the inbox, where something was said last first. `mine` is whoever asks."""
    dialled = "".join(each for each in search or "" if each.isdigit())
    # As it is dialled at home, 0412, or from abroad, 0061; but 000 may be how a number goes on.
    digits = bare if len(bare := dialled.lstrip("0")) > 2 else dialled
    rows = await ctx.db.all(
        Conversed,
        _VIEWS[view],
        at=after.at,
        id=after.id,
        text=search.strip() if search else None,
        # Two digits are everybody's.
        digits=digits if len(digits) > 2 else "",
        limit=limit + 1,
        **({"staff_id": ctx.actor.id} if view == "mine" else {}),
    )
    return page(rows, limit, lambda row: Cursor(row.last_at, row.contact_id))


class Counts(BaseModel):
    """How many conversations there are to look at. `mine` are the caller's; `waiting` want an answer."""

    open: int
    unread: int
    mine: int
    unassigned: int
    waiting: int


async def counts(ctx: Ctx) -> Counts:
    """The numbers beside the inbox's views; `done` grows for ever and is not counted."""
    return await ctx.db.one(
        Counts,
        """
        SELECT
          (SELECT count(*) FROM conversations INDEXED BY conversations_open
            WHERE tenant_id = :tenant AND done = 0) AS open,
          (SELECT count(*) FROM conversations INDEXED BY conversations_unread
            WHERE tenant_id = :tenant AND unread > 0) AS unread,
          (SELECT count(*) FROM conversations INDEXED BY conversations_by_assignee
            WHERE tenant_id = :tenant AND assignee_id = :staff_id AND done = 0) AS mine,
          (SELECT count(*) FROM conversations INDEXED BY conversations_by_assignee
            WHERE tenant_id = :tenant AND assignee_id IS NULL AND done = 0) AS unassigned,
          (SELECT count(*) FROM conversations INDEXED BY conversations_waiting
            WHERE tenant_id = :tenant AND waiting_since IS NOT NULL) AS waiting
        """,
        staff_id=ctx.actor.id,
    )
