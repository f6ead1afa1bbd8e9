"""What can change about rules and their runs, as statements for somebody's commit."""

from frontdesk.automation.writes.shelf import (
    STANDARD,
    add_rule,
    archive,
    change_rule,
    listen,
    restore,
    standard,
    switch,
    unlisten,
)

__all__ = [
    "STANDARD",
    "add_rule",
    "archive",
    "change_rule",
    "listen",
    "restore",
    "standard",
    "switch",
    "unlisten",
]
