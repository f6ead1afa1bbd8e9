"""What came of rules over HTTP: runs, what each did, and the calls they made."""

from typing import Literal

from pydantic import BaseModel

from frontdesk.automation.queries import runs
from frontdesk.automation.queries.runs import CallRow, RunRow, StepRow
from frontdesk.core.pages import NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep

RunState = Literal["waiting", "ran", "held", "cut", "failed"]


class RunStory(BaseModel):
    """A run, what it did step by step, and what others answered to its calls."""

    run: RunRow
    steps: list[StepRow]
    calls: list[CallRow]


async def list_runs(
    ctx: CtxDep,
    rule_id: str | None = None,
    contact_id: str | None = None,
    state: RunState | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[RunRow]:
    """Runs, the latest first: what waits, what was done, what was held and why, which loops were cut."""
    return await runs.listed(
        ctx,
        after=decode_cursor(after, NEWEST),
        limit=limit,
        rule_id=rule_id,
        contact_id=contact_id,
        state=state,
    )


async def get_run(ctx: CtxDep, run_id: str) -> RunStory:
    """One run."""
    return RunStory(
        run=await runs.shown(ctx, run_id),
        steps=await runs.steps(ctx, run_id),
        calls=await runs.calls(ctx, run_id),
    )
