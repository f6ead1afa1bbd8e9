"""Conversations reckoned anew from what was said, to hold beside the rows that are kept."""

from typing import Any

from support.desk import Desk

DERIVED = ("last_message_id", "last_at", "direction", "channel", "preview", "unread", "waiting_since", "done")


def the(desk: Desk) -> dict[str, Any]:
    """The only conversation there is; it says what was said."""
    rows = desk.rows("SELECT * FROM conversations")
    assert len(rows) == 1
    assert kept(desk) == reckoned(desk)
    return rows[0]


def kept(desk: Desk) -> dict[str, dict[str, Any]]:
    """What the table says, by contact."""
    rows = desk.rows("SELECT * FROM conversations")
    return {row["contact_id"]: {name: row[name] for name in DERIVED} for row in rows}


def reckoned(desk: Desk) -> dict[str, dict[str, Any]]:
    """What follows from messages, chats and the marks people set; written down without a look at the product's SQL."""
    marks = {row["contact_id"]: row for row in desk.rows("SELECT * FROM conversations")}
    found = {}
    for contact in {line["contact_id"] for line in _lines(desk)}:
        lines = sorted(
            (line for line in _lines(desk) if line["contact_id"] == contact),
            key=lambda line: (line["at"], line["id"]),
        )
        heard = [line for line in lines if line["direction"] == "in"]
        if not heard and not any(line["author"] for line in lines):
            continue
        mark = marks.get(contact, {"read_at": 0, "done_at": None})
        done_at = mark["done_at"]
        answered = [line["at"] for line in lines if line["answers"]]
        since = max([done_at or 0, *answered])
        waiting = [line["at"] for line in heard if line["asks"] and line["at"] > since]
        last = lines[-1]
        found[contact] = {
            "last_message_id": last["id"],
            "last_at": last["at"],
            "direction": last["direction"],
            "channel": last["channel"],
            "preview": last["text"],
            "unread": sum(line["at"] > mark["read_at"] for line in heard),
            "waiting_since": min(waiting, default=None),
            "done": int(done_at is not None and all(line["at"] <= done_at for line in heard)),
        }
    return found


def _lines(desk: Desk) -> list[dict[str, Any]]:
    lines = [
        {
            "id": row["id"],
            "contact_id": row["contact_id"],
            "at": row["at"],
            "direction": "in",
            "channel": row["channel"],
            "text": row["summary"][:200],
            "author": None,
            "answers": False,
            "asks": True,
        }
        for row in desk.rows("SELECT * FROM touchpoints WHERE kind = 'manychat.message'")
    ]
    for row in desk.rows("SELECT * FROM messages WHERE contact_id IS NOT NULL"):
        by_hand = row["author_id"] is not None
        if row["direction"] == "out" and (
            row["reason"] == "taken_back" if by_hand else row["sent_at"] is None
        ):
            continue
        text = f"{row['subject']}: {row['body']}" if row["subject"] else row["body"]
        lines.append(
            {
                "id": row["id"],
                "contact_id": row["contact_id"],
                "at": row["sent_at"] if row["direction"] == "out" and not by_hand else row["created_at"],
                "direction": row["direction"],
                "channel": row["channel"],
                "text": text.replace("\r", "").replace("\n", " ").strip()[:200],
                "author": row["author_id"],
                "answers": by_hand and row["state"] not in ("skipped", "failed"),
                "asks": row["direction"] == "in" and not row["keyword"],
            }
        )
    return lines
