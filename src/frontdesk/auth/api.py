"""Signing in and out, who I am, staff, and the audit log over HTTP."""

from typing import Annotated

from fastapi import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from frontdesk.auth import actions, queries, rules
from frontdesk.auth.queries import AuditEntry, Colleague, Staff
from frontdesk.auth.rules import Role
from frontdesk.core.arrival import (
    BROWSER_COOKIE,
    COOKIE,
    SITE,
    Arrival,
    cookie_name,
    cookie_of,
    credential_of,
    is_secure,
    network_of,
)
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import RateLimited
from frontdesk.core.guard import LIMIT_WINDOW_S
from frontdesk.core.mailbox import mailbox_or_none
from frontdesk.core.pages import NEWEST, OLDEST, Limit, Page, decode_cursor
from frontdesk.core.routing import ArrivalDep, CtxDep
from frontdesk.core.settings import TenantKind
from frontdesk.core.typed import Title


def _address(text: str) -> str:
    address = mailbox_or_none(text)
    if address is None:
        raise ValueError("not an e-mail address")
    return address


Email = Annotated[str, Field(max_length=254, examples=["owner@harbour.example"]), AfterValidator(_address)]
Name = Annotated[Title, Field(max_length=100)]


class Strict(BaseModel):
    """A body with exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class CodeRequest(Strict):
    email: Email


class CodeSent(BaseModel):
    """The same for every address. `expires_in` is in seconds."""

    sign_in_id: str
    expires_in: int


class SignIn(Strict):
    sign_in_id: str = Field(min_length=36, max_length=36)
    code: str = Field(pattern=r"^[0-9]{6}$", repr=False)


class Session(BaseModel):
    """For programs: send `Authorization: Bearer <token>`. Browsers got a cookie. `expires_at` is in ms."""

    token: str = Field(repr=False)
    expires_at: int


class TenantCard(BaseModel):
    """The business somebody works for."""

    slug: str
    name: str
    kind: TenantKind
    time_zone: str
    locale: str
    currency: str


class Me(BaseModel):
    """Who is signed in, where, and what they may do; `now` (ms) is the business's clock, for pages to run from."""

    staff: Staff
    permissions: list[str]
    tenant: TenantCard
    now: int


class NewStaff(Strict):
    email: Email
    name: Name
    role: Role


class StaffChange(Strict):
    version: int = Field(ge=1)
    name: Name | None = None
    role: Role | None = None
    active: bool | None = None


class Colleagues(BaseModel):
    """Who works here."""

    items: list[Colleague]


async def request_code(ctx: CtxDep, request: ArrivalDep, wanted: CodeRequest) -> CodeSent:
    """Have a six-digit code mailed. The answer does not tell whether the address is known."""
    await _within_limit(ctx, request)
    sign_in_id = await actions.request_code(
        ctx,
        wanted.email,
        network=network_of(request, SITE),
        browser=cookie_of(request, BROWSER_COOKIE),
    )
    return CodeSent(sign_in_id=sign_in_id, expires_in=rules.CODE_MS // 1000)


async def sign_in(ctx: CtxDep, request: ArrivalDep, response: Response, given: SignIn) -> Session:
    """Trade a code for a session. 401 `wrong_code` while tries are left, then `spent_code`."""
    await _within_limit(ctx, request)
    signed_in = await actions.sign_in(
        ctx,
        given.sign_in_id,
        given.code,
        request.headers.get("user-agent", ""),
        cookie_of(request, BROWSER_COOKIE),
    )
    _set_cookie(request, response, COOKIE, signed_in.token, rules.SESSION_MS)
    _set_cookie(request, response, BROWSER_COOKIE, signed_in.browser, rules.BROWSER_MS)
    return Session(token=signed_in.token, expires_at=signed_in.expires_at)


async def sign_out(ctx: CtxDep, request: ArrivalDep, response: Response) -> None:
    """End this session. The browser stays one its owner has signed in with."""
    credential = credential_of(request)
    if credential:
        await actions.sign_out(ctx, credential.token)
    _set_cookie(request, response, COOKIE, "", 0)


async def get_me(ctx: CtxDep) -> Me:
    """Who is signed in."""
    return Me(
        staff=await queries.staff_by_id(ctx, ctx.actor.id),
        permissions=rules.permissions_of(ctx.actor.role),
        tenant=TenantCard.model_validate(ctx.tenant.model_dump(include=set(TenantCard.model_fields))),
        now=ctx.now,
    )


async def list_staff(ctx: CtxDep, after: str | None = None, limit: Limit = 50) -> Page[Staff]:
    """Everybody who works here or did."""
    return await queries.staff(ctx, after=decode_cursor(after, OLDEST), limit=limit)


async def list_colleagues(ctx: CtxDep) -> Colleagues:
    """Who works here, to give them something: names and roles, no addresses; at most 500."""
    return Colleagues(items=await queries.colleagues(ctx))


async def add_staff(ctx: CtxDep, new: NewStaff) -> Staff:
    """Take somebody on; they sign in with a code mailed to their address."""
    return await actions.add_staff(ctx, new.email, new.name, new.role)


async def change_staff(ctx: CtxDep, staff_id: str, change: StaffChange) -> Staff:
    """Change somebody's name, role or standing. The last active owner stays one."""
    return await actions.change_staff(
        ctx, staff_id, change.version, name=change.name, role=change.role, active=change.active
    )


async def list_audit(
    ctx: CtxDep,
    subject_kind: Annotated[str | None, Field(max_length=40)] = None,
    subject_id: Annotated[str | None, Field(max_length=100)] = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[AuditEntry]:
    """What people changed, newest first."""
    return await queries.audit(
        ctx,
        after=decode_cursor(after, NEWEST),
        limit=limit,
        subject_kind=subject_kind,
        subject_id=subject_id,
    )


async def _within_limit(ctx: Ctx, request: Arrival) -> None:
    if not await ctx.platform.limiter.allows("sign_in", network_of(request)):
        raise RateLimited("Too many sign-ins from this address.", retry_after=LIMIT_WINDOW_S)


def _set_cookie(request: Arrival, response: Response, name: str, value: str, max_age_ms: int) -> None:
    """No Domain: the cookie belongs to this tenant's host alone."""
    secure = "; Secure" if is_secure(request) else ""
    response.headers.append(
        "set-cookie",
        f"{cookie_name(request, name)}={value}; Path=/; Max-Age={max_age_ms // 1000}; HttpOnly; SameSite=Lax{secure}",
    )
