"""Statements of sign-ins, sessions, staff, and the audit log that every feature writes to."""

from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.auth import rules
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.ids import floor7
from frontdesk.core.parsing import dump_json

REQUESTED, UNCLAIMED = "auth.code_requested", "auth.code_unclaimed"
"""Two events with handlers of the same cost: one mails the code, the other has nobody to mail it to."""


def audited(ctx: Ctx, action: str, subject: tuple[str, str], change: Mapping[str, Any]) -> Statement:
    """A person's change on record, in the commit that makes it. `subject` is (kind, id)."""
    return Statement(
        """
        INSERT INTO audit (tenant_id, id, actor_kind, actor_id, action, subject_kind, subject_id,
                           change, cause_id, at)
        VALUES (:tenant, :id, :actor_kind, :actor_id, :action, :subject_kind, :subject_id,
                :change, :cause_id, :at)
        """,
        {
            "id": ctx.new_id(),
            "actor_kind": ctx.actor.kind,
            "actor_id": ctx.actor.id,
            "action": action,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "change": dump_json(dict(change)),
            "cause_id": ctx.cause.id,
            "at": ctx.now,
        },
    )


def insert_sign_in(
    id_: str, email_hash: str, asker_hash: str, staff_id: str | None, real: int, *, known: bool
) -> Sequence[Statement]:
    """A sign-in, unless this asker asked too often for this address; then the commit is Stale. Times are real ms.

    What strangers do (not `known`) is counted together, too, and apart from browsers that are: nobody can use up
    what belongs to those.
    """
    return (
        Statement(
            """
            INSERT INTO sign_ins (tenant_id, id, email_hash, asker_hash, known, staff_id, expires_at, created_at)
            SELECT :tenant, :id, :email_hash, :asker_hash, :known, :staff_id, :expires_at, :real
            FROM (SELECT coalesce(sum(asker_hash = :asker_hash AND created_at > :lately), 0) AS lately,
                         coalesce(sum(asker_hash = :asker_hash), 0) AS today,
                         coalesce(sum(known = 0), 0) AS strangers
                  FROM sign_ins
                  WHERE tenant_id = :tenant AND email_hash = :email_hash AND created_at > :yesterday) asked
            WHERE asked.lately < :codes_lately AND asked.today < :codes_a_day
              AND (:known = 1 OR asked.strangers < :strangers_codes)
            """,
            {
                "id": id_,
                "email_hash": email_hash,
                "asker_hash": asker_hash,
                "known": int(known),
                "staff_id": staff_id,
                "expires_at": real + rules.CODE_MS,
                "real": real,
                "lately": real - rules.LATELY_MS,
                "codes_lately": rules.CODES_LATELY,
                "yesterday": real - rules.A_DAY_MS,
                "codes_a_day": rules.CODES_A_DAY,
                "strangers_codes": rules.STRANGERS_CODES_A_DAY,
            },
        ),
        expect(1),
    )


def count_try(sign_in_id: str, real: int) -> Statement:
    """One more try; the schema refuses a sixth (Conflict). Nothing happens to an unknown or expired sign-in."""
    return Statement(
        """
        UPDATE sign_ins SET tries = tries + 1
        WHERE tenant_id = :tenant AND id = :id AND expires_at > :real
        """,
        {"id": sign_in_id, "real": real},
    )


def use_sign_in(sign_in_id: str, real: int) -> Statement:
    """The proof of use: a second one is a Conflict."""
    return Statement(
        "INSERT INTO sign_ins_used (tenant_id, sign_in_id, used_at) VALUES (:tenant, :id, :real)",
        {"id": sign_in_id, "real": real},
    )


def insert_session(hash_: str, staff_id: str, user_agent: str, real: int) -> Sequence[Statement]:
    """A session known by its token's hash, for fourteen days; Stale if its owner works here no more."""
    return (
        Statement(
            """
            INSERT INTO sessions (tenant_id, token_hash, staff_id, user_agent, created_at, expires_at)
            SELECT :tenant, :hash, id, :user_agent, :real, :expires_at
            FROM staff WHERE tenant_id = :tenant AND id = :staff_id AND active = 1
            """,
            {
                "hash": hash_,
                "staff_id": staff_id,
                "user_agent": user_agent[:200],
                "real": real,
                "expires_at": real + rules.SESSION_MS,
            },
        ),
        expect(1),
    )


def revoke_session(hash_: str, real: int) -> Statement:
    """Sign out of one session."""
    return Statement(
        """
        UPDATE sessions SET revoked_at = :real
        WHERE tenant_id = :tenant AND token_hash = :hash AND revoked_at IS NULL
        """,
        {"hash": hash_, "real": real},
    )


def revoke_sessions(staff_id: str, real: int) -> Statement:
    """Sign somebody out everywhere."""
    return Statement(
        """
        UPDATE sessions SET revoked_at = :real
        WHERE tenant_id = :tenant AND staff_id = :staff_id AND revoked_at IS NULL
        """,
        {"staff_id": staff_id, "real": real},
    )


def insert_staff(id_: str, email: str, name: str, role: str, now: int) -> Statement:
    """Somebody new; one address is one person (Conflict)."""
    return Statement(
        """
        INSERT INTO staff (tenant_id, id, email, name, role, created_at)
        VALUES (:tenant, :id, :email, :name, :role, :now)
        """,
        {"id": id_, "email": email, "name": name, "role": role, "now": now},
    )


def update_staff(id_: str, version: int, *, name: str, role: str, active: bool) -> Sequence[Statement]:
    """New name, role or standing if still at `version` and an active owner remains; else the commit is Stale."""
    return (
        Statement(
            """
            UPDATE staff SET name = :name, role = :role, active = :active, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {"id": id_, "version": version, "name": name, "role": role, "active": int(active)},
        ),
        expect(1),
        Statement(
            """
            SELECT CASE WHEN EXISTS (
                SELECT 1 FROM staff WHERE tenant_id = :tenant AND role = 'owner' AND active = 1
            ) THEN 1 ELSE json('stale') END AS fresh
            """
        ),
    )


ROWS = 5_000
"""Rows one statement of the nightly forgetting changes at most."""


def purge(real: int, now: int) -> Sequence[Statement]:
    """Forgets sign-ins past their counting window and sessions that ended a month ago; of each a bounded number.

    What was sealed for the mail goes with its sign-in, and of addresses that nobody here has nothing is left:
    whoever asks for codes all day must not make the log grow for ever. `real` and `now` in ms.
    """
    sign_ins: Mapping[str, Value] = {"floor": floor7(real - 2 * rules.A_DAY_MS), "rows": ROWS}
    events: Mapping[str, Value] = {"before": now - 2 * rules.A_DAY_MS, "rows": ROWS}
    jobs: Mapping[str, Value] = {"floor": floor7(now - 2 * rules.A_DAY_MS), "rows": ROWS}
    return (
        Statement(
            """
            DELETE FROM sign_ins_used WHERE tenant_id = :tenant AND sign_in_id IN (
              SELECT sign_in_id FROM sign_ins_used
              WHERE tenant_id = :tenant AND sign_in_id < :floor ORDER BY sign_in_id LIMIT :rows)
            """,
            sign_ins,
        ),
        Statement(
            """
            DELETE FROM sign_ins WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM sign_ins WHERE tenant_id = :tenant AND id < :floor ORDER BY id LIMIT :rows)
            """,
            sign_ins,
        ),
        Statement(
            """
            DELETE FROM sessions WHERE tenant_id = :tenant AND token_hash IN (
              SELECT token_hash FROM sessions WHERE tenant_id = :tenant AND expires_at < :before LIMIT :rows)
            """,
            {"before": real - 30 * rules.A_DAY_MS, "rows": ROWS},
        ),
        Statement(
            """
            DELETE FROM job_done WHERE tenant_id = :tenant AND job_id IN (
              SELECT id FROM jobs WHERE tenant_id = :tenant AND kind = 'auth.leave_unclaimed'
                AND unique_key < :floor AND state = 'done' ORDER BY unique_key LIMIT :rows)
            """,
            jobs,
        ),
        Statement(
            """
            DELETE FROM jobs WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM jobs WHERE tenant_id = :tenant AND kind = 'auth.leave_unclaimed'
                AND unique_key < :floor AND state = 'done' ORDER BY unique_key LIMIT :rows)
            """,
            jobs,
        ),
        Statement(
            """
            DELETE FROM events WHERE tenant_id = :tenant AND seq IN (
              SELECT seq FROM events INDEXED BY events_by_type
              WHERE tenant_id = :tenant AND type = :unclaimed AND recorded_at < :before ORDER BY seq LIMIT :rows)
            """,
            {**events, "unclaimed": UNCLAIMED},
        ),
        Statement(
            """
            UPDATE events SET payload = '{}' WHERE tenant_id = :tenant AND seq IN (
              SELECT seq FROM events INDEXED BY events_by_type
              WHERE tenant_id = :tenant AND type = :requested AND recorded_at < :before AND payload <> '{}'
              ORDER BY seq LIMIT :rows)
            """,
            {**events, "requested": REQUESTED},
        ),
    )
