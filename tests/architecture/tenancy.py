"""Whether a statement of SQL stays within one tenant: each table of a tenant in it is pinned to `:tenant`."""

from collections.abc import Iterator, Set

import sqlglot
from sqlglot import exp


def strays(sql: str, tables: Set[str]) -> list[str]:
    """The tables of a tenant this statement touches without pinning them to `:tenant`.

    `tables` are the tables with a column `tenant_id`; `tenants` itself is pinned by its `id`. A predicate
    counts in the WHERE or the JOIN of the very SELECT that names the table, and only where nothing can
    bypass it: beside AND, never below OR or NOT.
    """
    (statement,) = sqlglot.parse(sql, dialect="sqlite")
    assert statement is not None
    return [found for table in statement.find_all(exp.Table) if (found := _stray(table, tables))]


def _stray(table: exp.Table, tables: Set[str]) -> str | None:
    name = table.name
    if name not in tables and name != "tenants":
        return None
    insert = _target_of(table, exp.Insert)
    if isinstance(insert, exp.Insert):
        return None if _inserts_tenant(insert) else f"INSERT INTO {name}"
    scope = table.find_ancestor(exp.Select, exp.Update, exp.Delete)
    if scope is None:
        return name
    column = "id" if name == "tenants" else "tenant_id"
    alone = (
        len([other for other in _tables_of(scope) if other.name in tables or other.name == "tenants"]) == 1
    )
    for condition in _conditions(scope):
        if _pins(condition, column, table.alias_or_name, alone=alone):
            return None
    return f"{name} AS {table.alias}" if table.alias else name


def _target_of(table: exp.Table, kind: type[exp.Expr]) -> exp.Expr | None:
    """The statement whose target this table is."""
    parent: exp.Expr | None = table.parent
    if isinstance(parent, exp.Schema):
        parent = parent.parent
    return parent if isinstance(parent, kind) and parent.this in (table, table.parent) else None


def _inserts_tenant(insert: exp.Insert) -> bool:
    """Whether every row that goes in has `:tenant` in the column `tenant_id` (`id` of `tenants`)."""
    target = insert.this
    if not isinstance(target, exp.Schema):
        return False
    column = "id" if target.this.name == "tenants" else "tenant_id"
    columns = [each.name for each in target.expressions]
    if column not in columns:
        return False
    place, source = columns.index(column), insert.expression
    if isinstance(source, exp.Values):
        return all(_is_tenant(row.expressions[place]) for row in source.expressions)
    return isinstance(source, exp.Select) and _is_tenant(source.expressions[place])


def _tables_of(scope: exp.Expr) -> Iterator[exp.Table]:
    """The tables named by this very SELECT, UPDATE or DELETE, not by those within it."""
    for table in scope.find_all(exp.Table):
        if table.find_ancestor(exp.Select, exp.Update, exp.Delete) is scope:
            yield table


def _conditions(scope: exp.Expr) -> Iterator[exp.Expr]:
    """What must hold for a row to count: the parts of WHERE and of each ON, taken apart at AND."""
    roots = [scope.args["where"].this] if scope.args.get("where") else []
    joins = list(scope.args.get("joins") or [])
    source = scope.args.get("from_") or scope.args.get("from")
    if source is not None:
        joins += source.this.args.get("joins") or []
    roots += [join.args["on"] for join in joins if join.args.get("on")]
    while roots:
        root = roots.pop()
        if isinstance(root, exp.Paren):
            roots.append(root.this)
        elif isinstance(root, exp.And):
            roots += [root.left, root.right]
        else:
            yield root


def _pins(condition: exp.Expr, column: str, table: str, *, alone: bool) -> bool:
    if not isinstance(condition, exp.EQ):
        return False
    for left, right in ((condition.left, condition.right), (condition.right, condition.left)):
        if isinstance(left, exp.Column) and left.name == column and _is_tenant(right):
            return left.table == table or (alone and not left.table)
    return False


def _is_tenant(value: exp.Expr) -> bool:
    return isinstance(value, exp.Placeholder) and value.name == "tenant"
