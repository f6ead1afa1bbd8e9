"""Errors as answers: RFC 9457 problem details for programs, a plain page for people; one function decides."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pydantic import BaseModel

from frontdesk.core import plain
from frontdesk.core.arrival import Arrival, is_api, path_of
from frontdesk.core.errors import FrontdeskError, RateLimited
from frontdesk.core.log import Log
from frontdesk.core.parsing import dump_json
from frontdesk.core.web import HttpResponse

PROBLEM = "application/problem+json"
COME_BACK_S = 5
"""Seconds in Retry-After when nobody knows better."""


class FieldProblem(BaseModel):
    """One field at fault."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is for programs, `trace_id` finds the request in the logs.

    `contact_id` is the contact that is in the way: it has the number, or the one asked for was merged into it.
    `reason` is the outbound gate's, where it would not let a message go.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    code: str
    trace_id: str = ""
    errors: list[FieldProblem] = []
    contact_id: str = ""
    reason: str = ""


def problem_of(error: Exception, trace: str) -> Problem:
    """What the caller may know. Of an error nobody planned for, nothing but its trace."""
    if not isinstance(error, FrontdeskError) or error.status == 500:
        return Problem(
            type="urn:frontdesk:problem:internal",
            title=FrontdeskError.title,
            status=500,
            detail="It is on record under its trace id.",
            code=FrontdeskError.code,
            trace_id=trace,
        )
    return Problem(
        type=f"urn:frontdesk:problem:{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        trace_id=trace,
        errors=error.extra.get("errors", []),
        contact_id=error.extra.get("contact_id") or "",
        reason=error.extra.get("reason") or "",
    )


def headers_of(error: Exception) -> Mapping[str, str]:
    """What the status owes the client by RFC 9110: when to come back, how to sign in, which methods exist."""
    if isinstance(error, RateLimited):
        return {"retry-after": str(max(1, error.retry_after))}
    if isinstance(error, FrontdeskError):
        if error.status == 503:
            return {"retry-after": str(COME_BACK_S)}
        if error.status == 401:
            return {"www-authenticate": 'Bearer realm="frontdesk"'}
        if error.status == 426:
            return {"upgrade": "websocket"}
        if error.status == 405 and error.extra.get("allow"):
            return {"allow": str(error.extra["allow"])}
    return {}


def answer_to(error: Exception, trace: str, request: Arrival | None, log: Log) -> HttpResponse:
    """The answer to a request that ended in `error`; what is our fault is logged with its traceback."""
    problem = problem_of(error, trace)
    if problem.status >= 500:
        log.error("request failed", error, trace=trace, code=problem.code)
    if request is not None and _wants_a_page(request):
        kind, body = "text/html; charset=utf-8", _page(problem)
    else:
        kind, body = PROBLEM, dump_json(_without_blanks(problem))
    return HttpResponse(
        problem.status,
        {"content-type": kind, "cache-control": "no-store", **headers_of(error)},
        body.encode(),
    )


def _without_blanks(problem: Problem) -> dict[str, Any]:
    return {name: value for name, value in problem.model_dump().items() if value not in ("", [])}


def _wants_a_page(request: Arrival) -> bool:
    programs = is_api(request) or path_of(request).startswith(("/webhooks/", "/health"))
    return not programs and "text/html" in request.headers.get("accept", "")


def _page(problem: Problem) -> str:
    return plain.page(
        problem.title,
        f'<p>{escape(problem.detail)}</p><p><a href="/">To the start page</a></p>'
        f"<p><small>Trace {escape(problem.trace_id)}</small></p>",
    )
