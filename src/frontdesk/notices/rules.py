"""What a notice is, and how many of them may ring a person's pocket."""

from dataclasses import dataclass

from frontdesk.core.clock import DAY, HOUR

TITLE, BODY = 120, 500
"""Characters; a lock screen shows fewer."""
KEEP_MS = 90 * DAY
URGENT_FOR_MS = HOUR
"""An urgent notice nobody could be pushed within this time is only read in the bell menu."""
PUSHES_AN_HOUR = 12
"""The most pushes one person gets in an hour; what is over is in the bell menu all the same."""
DEVICES_EACH = 10
"""Browsers one person may have pushed; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice to be, for one of the staff or (`staff_id` None) for everybody.

    `link` is a path of the dashboard (`/app/...`) or "". `urgent` also pushes it to their devices.
    One `unique_key` is one notice, however often it is told.
    """

    title: str
    unique_key: str
    body: str = ""
    link: str = ""
    urgent: bool = False
    staff_id: str | None = None


def shortened(text: str, most: int) -> str:
    """One line's worth of `text`: white space runs together, what is over ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def safe_link(link: str) -> str:
    """A path of the dashboard, or "": a notice leads nowhere else, whoever worded it."""
    plain = link.startswith("/app/") and ".." not in link and len(link) <= 500
    return link if plain and link.isprintable() and "\\" not in link else ""


def why_not(read: bool, signed_in: bool, lately: int, age_ms: int) -> str:
    """Why a device is not pushed, or "". Quiet hours do not count: what can wait is not urgent.

    Args:
        read: they have seen it on a screen.
        signed_in: the session that asked for pushes still counts.
        lately: pushes they got within the last hour.
        age_ms: of the notice.

    """
    if not signed_in:
        return "signed out"
    if read:
        return "read already"
    if age_ms > URGENT_FOR_MS:
        return "too late"
    return "enough for an hour" if lately >= PUSHES_AN_HOUR else ""
