"""Verbs of access: ask for a code, sign in, sign out, take on staff, change what somebody may do."""

from typing import NamedTuple

from frontdesk.auth import queries, rules, writes
from frontdesk.auth.queries import Staff
from frontdesk.auth.rules import Role, SpentCode, WrongCode
from frontdesk.auth.writes import REQUESTED, UNCLAIMED, audited
from frontdesk.core.ctx import Actor, Ctx
from frontdesk.core.errors import Conflict, Forbidden, RateLimited, Stale
from frontdesk.core.events import event
from frontdesk.core.ids import uuid7
from frontdesk.core.parsing import dump_json
from frontdesk.core.sealing import derived_keys, seal

SEALED_CODE = "auth.code"
"""The name a code is sealed under, for the job that mails it."""


def code_key(tenant_id: str, sign_in_id: str) -> str:
    """Where KV keeps a code's hash."""
    return f"code:{tenant_id}:{sign_in_id}"


async def request_code(ctx: Ctx, email: str, *, network: str = "unknown", browser: str = "") -> str:
    """Have a code mailed to `email` if it is somebody's here; returns the sign-in's id either way.

    The same statements run whether or not it is, so neither the answer nor its time tells. `browser` is what the
    asker's browser cookie says: one that `email` signed in with before is counted by itself, others by `network`.

    Raises:
        RateLimited: too many codes for this address, known or not.

    """
    real = ctx.platform.clock.real()
    id_ = uuid7(real)
    person = await queries.active_staff_by_email(ctx, email)
    code = rules.new_code()
    key = derived_keys(ctx.platform, "sign-in")[0]
    known = rules.known_browser(derived_keys(ctx.platform, "browser"), ctx.tenant.id, email, browser)
    name = person.name if person else ""
    sealed = await seal(
        ctx.platform, ctx.tenant, SEALED_CODE, dump_json({"email": email, "name": name, "code": code})
    )
    # The code is in KV before anyone can know it; a sign-in that is then refused leaves an orphan for 10 minutes.
    await ctx.platform.kv.put(
        code_key(ctx.tenant.id, id_),
        rules.code_hash(key, ctx.tenant.id, id_, code),
        ttl_s=rules.CODE_MS // 1000,
    )
    try:
        await ctx.commit(
            writes.insert_sign_in(
                id_,
                rules.email_hash(key, ctx.tenant.id, email),
                rules.asker_hash(key, ctx.tenant.id, known or network),
                person.id if person else None,
                real,
                known=known is not None,
            ),
            # Not `of` the sign-in: colleagues read this log, and whoever has the id can use up its five tries.
            event(REQUESTED if person else UNCLAIMED, {"sealed": sealed}),
        )
    except Stale:
        raise RateLimited(
            "Too many codes were asked for; use the latest one or wait.", retry_after=rules.LATELY_MS // 1000
        ) from None
    return id_


class SignedIn(NamedTuple):
    """A new session: its token, shown once, its end (real ms), and what the browser's own cookie says from now on."""

    token: str
    expires_at: int
    browser: str


async def sign_in(ctx: Ctx, sign_in_id: str, code: str, user_agent: str, browser: str = "") -> SignedIn:
    """A session for whoever proves to have the code. The try is counted before the code is looked at.

    `browser` is what the browser's cookie says so far.

    Raises:
        WrongCode: not this code.
        SpentCode: the code was used, has expired, was tried five times, or never existed.

    """
    platform, real = ctx.platform, ctx.platform.clock.real()
    try:
        await ctx.commit(writes.count_try(sign_in_id, real))
    except Conflict:
        raise SpentCode("It was tried too often. Ask for a new code.") from None
    # Read, not returned by the commit: one whose answer was lost returns nothing.
    asked = await queries.sign_in(ctx, sign_in_id, real)
    kept = await platform.kv.get(code_key(ctx.tenant.id, sign_in_id)) if asked else None
    if asked is None or kept is None:
        raise SpentCode("Ask for a new code.")
    if not rules.is_code(derived_keys(platform, "sign-in"), ctx.tenant.id, sign_in_id, code, kept):
        raise WrongCode("Check the code and try again.")
    staff_id, email = asked.staff_id, asked.email
    if staff_id is None or email is None:
        raise WrongCode("Check the code and try again.")
    token = rules.new_token()
    hash_ = rules.token_hash(token)
    assert hash_ is not None
    as_them = ctx.as_(actor=Actor("staff", staff_id))
    try:
        await as_them.commit(
            writes.use_sign_in(sign_in_id, real),
            writes.insert_session(hash_, staff_id, user_agent, real),
            audited(as_them, "session.start", ("staff", staff_id), {}),
        )
    except Conflict:
        raise SpentCode("It was used already. Ask for a new code.") from None
    platform.background(platform.kv.delete(code_key(ctx.tenant.id, sign_in_id)))
    mine = rules.browser_cookie(derived_keys(platform, "browser")[0], ctx.tenant.id, email, browser)
    return SignedIn(token, real + rules.SESSION_MS, mine)


async def sign_out(ctx: Ctx, token: str) -> None:
    """End the session of `token`; elsewhere KV may vouch for it one more minute."""
    hash_ = rules.token_hash(token)
    if hash_ is None:
        return
    await ctx.commit(
        writes.revoke_session(hash_, ctx.platform.clock.real()),
        audited(ctx, "session.end", ("staff", ctx.actor.id), {}),
    )
    await ctx.platform.kv.delete(queries.session_key(ctx.tenant.id, hash_))


async def add_staff(ctx: Ctx, email: str, name: str, role: Role) -> Staff:
    """Take somebody on.

    Raises:
        Forbidden: only an owner makes an owner.
        Conflict: the address is somebody's already.

    """
    _check_rank(ctx, role)
    id_ = ctx.new_id()
    try:
        await ctx.commit(
            writes.insert_staff(id_, email, name, role, ctx.now),
            audited(ctx, "staff.add", ("staff", id_), {"email": email, "name": name, "role": role}),
            event("staff.changed", {"name": name, "role": role, "active": True}, of=("staff", id_)),
        )
    except Conflict:
        raise Conflict("Somebody with this address is on the staff already.") from None
    return await queries.staff_by_id(ctx, id_)


async def change_staff(
    ctx: Ctx, staff_id: str, version: int, *, name: str | None, role: Role | None, active: bool | None
) -> Staff:
    """Change somebody's name, role or standing; a role counts at once, dismissal ends all sessions.

    Raises:
        NotFound: nobody of this id here.
        Forbidden: only an owner changes an owner or makes one.
        Conflict: it would leave the business without an active owner.
        Stale: somebody else changed this person since `version`.

    """
    before = await queries.staff_by_id(ctx, staff_id)
    after = before.model_copy(
        update={
            field: value
            for field, value in {"name": name, "role": role, "active": active}.items()
            if value is not None
        }
    )
    _check_rank(ctx, before.role, after.role)
    if before.version != version:
        raise Stale("Somebody changed this person in the meantime; look again.")
    if after == before:
        return before
    leaves = before.role == "owner" and before.active and not (after.role == "owner" and after.active)
    if leaves and not await queries.other_owners(ctx, staff_id):
        raise Conflict("This is the last active owner; make another one first.")
    dismissed = before.active and not after.active
    change = {
        field: [getattr(before, field), getattr(after, field)]
        for field in ("name", "role", "active")
        if getattr(before, field) != getattr(after, field)
    }
    hashes = await queries.session_hashes(ctx, staff_id)
    await ctx.commit(
        writes.update_staff(staff_id, version, name=after.name, role=after.role, active=after.active),
        [writes.revoke_sessions(staff_id, ctx.platform.clock.real())] if dismissed else [],
        audited(ctx, "staff.change", ("staff", staff_id), change),
        event(
            "staff.changed",
            {"name": after.name, "role": after.role, "active": after.active},
            of=("staff", staff_id),
        ),
    )
    for hash_ in hashes:  # KV must not vouch for the old role.
        await ctx.platform.kv.delete(queries.session_key(ctx.tenant.id, hash_))
    return await queries.staff_by_id(ctx, staff_id)


def _check_rank(ctx: Ctx, *roles: str) -> None:
    if not rules.may_manage(ctx.actor.role, *roles):
        raise Forbidden("Only an owner may make or change an owner.")
