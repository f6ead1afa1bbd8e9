"""What can change about rules, their runs and the calls they make, as statements for somebody's commit."""

from frontdesk.automation.writes.calls import ROWS, forget_bodies, gave_up, plan_call, retry_call, tried
from frontdesk.automation.writes.runs import (
    effect,
    end_run,
    fail_run,
    fold,
    forget_runs,
    let_go,
    open_run,
    revive_run,
    swept,
)
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
    "ROWS",
    "STANDARD",
    "add_rule",
    "archive",
    "change_rule",
    "effect",
    "end_run",
    "fail_run",
    "fold",
    "forget_bodies",
    "forget_runs",
    "gave_up",
    "let_go",
    "listen",
    "open_run",
    "plan_call",
    "restore",
    "retry_call",
    "revive_run",
    "standard",
    "swept",
    "switch",
    "tried",
    "unlisten",
]
