"""Rules as they stand: made, changed by a new version, switched on and off, put away and back."""

from uuid import NAMESPACE_URL, uuid5

from frontdesk.automation.rules.definition import Definition, OnEvent, dumped
from frontdesk.automation.rules.standard import Seed, standard_rules
from frontdesk.automation.rules.vocabulary import TIME
from frontdesk.core.clock import MINUTE
from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json

STANDARD = ("system", "frontdesk")
"""The author of what a tenant starts with."""


def type_of(definition: Definition) -> tuple[str, int]:
    """What a rule listens to, as the table of triggers has it, and by how many minutes it is moved."""
    trigger = definition.trigger
    if isinstance(trigger, OnEvent):
        return trigger.type, 0
    return f"{TIME}{trigger.anchor}", trigger.minutes


def add_rule(
    id_: str,
    name: str,
    definition: Definition,
    author: tuple[str, str],
    now: int,
    *,
    key: str = "",
    enabled: bool,
    place: int = 0,
) -> list[Statement]:
    """A new rule and its first version; a standard one that is there already stays as it is.

    `place`: of several made at once, which comes first in the list.
    """
    parts = [
        Statement(
            """
            INSERT INTO rules (tenant_id, id, key, name, enabled, created_at, updated_at)
            VALUES (:tenant, :id, :key, :name, :enabled, :created_at, :now)
            ON CONFLICT DO NOTHING
            """,
            {
                "id": id_,
                "key": key,
                "name": name,
                "enabled": int(enabled),
                "created_at": now + place,
                "now": now,
            },
        ),
        _version(id_, 1, name, definition, author, now),
    ]
    return [*parts, listen(id_, definition, now, anew=False)] if enabled else parts


def _version(
    rule_id: str, version: int, name: str, definition: Definition, author: tuple[str, str], now: int
) -> Statement:
    return Statement(
        """
        INSERT INTO rule_versions (tenant_id, rule_id, version, name, definition, author_kind, author_id, at)
        SELECT :tenant, r.id, :version, :name, :definition, :author_kind, :author_id, :now
        FROM rules r WHERE r.tenant_id = :tenant AND r.id = :rule_id
        ON CONFLICT DO NOTHING
        """,
        {
            "rule_id": rule_id,
            "version": version,
            "name": name,
            "definition": dump_json(dumped(definition)),
            "author_kind": author[0],
            "author_id": author[1],
            "now": now,
        },
    )


def change_rule(
    rule_id: str, version: int, name: str, definition: Definition, author: tuple[str, str], now: int
) -> list[Statement]:
    """A new version on top of `version`; Stale if somebody else made one, or the rule was put away."""
    return [
        Statement(
            """
            UPDATE rules SET name = :name, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND archived = 0
            """,
            {"id": rule_id, "version": version, "name": name, "now": now},
        ),
        expect(1),
        _version(rule_id, version + 1, name, definition, author, now),
    ]


def switch(rule_id: str, version: int, on: bool, now: int) -> list[Statement]:
    """On or off, as it stands at `version`; Stale otherwise, or when the rule was put away."""
    return [
        Statement(
            """
            UPDATE rules SET enabled = :enabled, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND archived = 0
            """,
            {"id": rule_id, "version": version, "enabled": int(on), "now": now},
        ),
        expect(1),
    ]


def listen(rule_id: str, definition: Definition, now: int, *, anew: bool = True) -> Statement:
    """From now on its trigger counts. What it counted before stays counted while the trigger stays the same.

    `anew`: also if it listens to something already.
    """
    type_, minutes = type_of(definition)
    return Statement(
        """
        INSERT INTO rule_triggers (tenant_id, type, rule_id, minutes, since, swept_to)
        SELECT :tenant, :type, r.id, :minutes, :now, :swept_to
        FROM rules r WHERE r.tenant_id = :tenant AND r.id = :rule_id AND r.enabled = 1
          AND (:anew OR NOT EXISTS (SELECT 1 FROM rule_triggers WHERE tenant_id = :tenant AND rule_id = :rule_id))
        ON CONFLICT (tenant_id, type, rule_id) DO UPDATE SET
          minutes = excluded.minutes,
          since = CASE WHEN minutes = excluded.minutes THEN since ELSE excluded.since END,
          swept_to = CASE WHEN minutes = excluded.minutes THEN swept_to ELSE excluded.swept_to END
        """,
        {
            "rule_id": rule_id,
            "type": type_,
            "minutes": minutes,
            "now": now,
            "swept_to": now - MINUTE,
            "anew": int(anew),
        },
    )


def unlisten(rule_id: str, keep: str = "") -> Statement:
    """Its triggers no longer count, but for the one of type `keep`."""
    return Statement(
        """
        DELETE FROM rule_triggers WHERE tenant_id = :tenant AND rule_id = :rule_id AND type <> :keep
        """,
        {"rule_id": rule_id, "keep": keep},
    )


def archive(rule_id: str, now: int) -> list[Statement]:
    """Put away: off, and out of the list. What it did stays."""
    return [
        Statement(
            """
            UPDATE rules SET enabled = 0, archived = 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND archived = 0
            """,
            {"id": rule_id, "now": now},
        ),
        expect(1),
        unlisten(rule_id),
    ]


def restore(rule_id: str, now: int) -> list[Statement]:
    """Back in the list, switched off."""
    return [
        Statement(
            """
            UPDATE rules SET archived = 0, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND archived = 1
            """,
            {"id": rule_id, "now": now},
        ),
        expect(1),
    ]


def seed_id(tenant_id: str, key: str) -> str:
    """A standard rule's id: the same however often it is put there."""
    return str(uuid5(NAMESPACE_URL, f"frontdesk:rule:{tenant_id}:{key}"))


def standard(tenant_id: str, kind: str, now: int) -> list[Statement]:
    """The rules a tenant of this kind starts with; those that are there, whatever became of them, stay."""
    parts: list[Statement] = []
    for place, seed in enumerate(standard_rules(kind)):
        parts += planted(tenant_id, seed, now, place)
    return parts


def planted(tenant_id: str, seed: Seed, now: int, place: int) -> list[Statement]:
    """One of them."""
    id_ = seed_id(tenant_id, seed.key)
    return add_rule(
        id_, seed.name, seed.definition, STANDARD, now, key=seed.key, enabled=seed.enabled, place=place
    )
