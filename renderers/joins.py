"""Tables that belong together: the keys between them, declared or evident, and each table with all that its rows point to as one."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache

from flipchart.renderers.database import Column, Join, Table, fetched, opened

MOST = 8  # tables that are read as one
_ODD = {"people": "person", "children": "child", "men": "man", "women": "woman", "staff": "employee"}


def every(tables: Mapping[str, Table]) -> dict[str, Table]:
    """All tables of all files, by name; those of a file that holds several by their own."""
    out: dict[str, Table] = {}
    for name, table in tables.items():
        for one in (table, *table.beside):
            called = one.sheet if table.beside else name
            out[called if called not in out else f"{name}: {called}"] = one
    return out


def joined(root: Table, tables: Collection[Table]) -> Table | None:
    """`root` with every table that its rows point to, and those that these point to, as one; None where there is none.

    A table that is pointed to twice (home team, away team) is there twice, its columns called by what its rows are.
    """
    found, links, called = [root], list[tuple[int, int, int]](), list[str]()
    for at in range(MOST):
        if at >= len(found):
            break
        for other in tables:
            twice = roles_of(found[at], other) if at == 0 else {}
            if len(found) + len(twice) <= MOST and twice:
                found += [other for _ in twice]
                links += [(at, *known) for known in twice.values()]
                called += list(twice)
            elif len(found) < MOST and all(other is not one for one in found) and (known := key(found[at], other)):
                found.append(other)
                links.append((at, *known))
                called.append("")
    if not links:
        return None
    columns: list[Column] = []
    for one, role in zip(found, ["", *called], strict=True):
        taken = {column.name.casefold() for column in columns}
        named = [replace(column, name=_role_name(role, column.name)) if role else column for column in one.columns]
        columns += [
            replace(column, name=f"{column.name} ({one.sheet or one.name})") if column.name.casefold() in taken else column
            for column in named
        ]
    return _as_one(Join(tuple(found), tuple(links), tuple(called)), columns)


def roles_of(left: Table, right: Table) -> dict[str, tuple[int, int]]:
    """What rows of `right` are to those of `left`, with the keys, where there are several or `left` points to itself; else empty."""
    places, others = ({column.name: n for n, column in enumerate(one.columns)} for one in (left, right))
    said = [key for key in left.keys if left.name == right.name and left.sheet and key.sheet == right.sheet
            and key.here in places and key.column in others]  # fmt: skip
    if len(said) < 2 and not (said and left is right):
        return {}
    said.sort(key=lambda key: places[key.here])
    found = {role: (places[key.here], others[key.column]) for key in said if (role := _role(key.here))}
    return found if len(found) == len(said) else {}


def _role(column: str) -> str:
    """What a key calls the rows it points to: "home team" of home_team_id, "manager" of managerId."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", column).strip()
    return re.sub(r"\s*\b(?:id|no|nr|code|key|ref|fk)$", "", spaced, flags=re.IGNORECASE).strip().casefold()


def _role_name(role: str, column: str) -> str:
    """A column of what is known in a role: the city of an origin is "origin city", the team_name of a home team "home team name"."""
    words = re.sub(r"[\W_]+", " ", column).strip()
    first, _, rest = words.partition(" ")
    return f"{role} {rest if rest and role.split()[-1].casefold() == first.casefold() else words}"


def pruned(table: Table, wanted: Collection[str]) -> Table:
    """The same without the tables that none of the wanted columns is in, or lies beyond."""
    if table.join is None:
        return table
    join, starts = table.join, [0]
    for one in join.tables:
        starts.append(starts[-1] + len(one.columns))
    kept = {0} | {join.place(n)[0] for n, column in enumerate(table.columns) if column.name in wanted}
    for n in range(len(join.tables) - 1, 0, -1):
        if n in kept:
            kept.add(join.links[n - 1][0])
    order = sorted(kept)
    links = [(order.index(at), c, m) for n, (at, c, m) in enumerate(join.links, 1) if n in kept]
    columns = [column for n in order for column in table.columns[starts[n] : starts[n + 1]]]
    called = tuple(join.called[n - 1] for n in order[1:]) if join.called else ()
    return join.tables[0] if len(order) == 1 else _as_one(Join(tuple(join.tables[n] for n in order), tuple(links), called), columns)


def _as_one(join: Join, columns: Sequence[Column]) -> Table:
    root = join.tables[0]
    name = " + ".join(one.sheet or one.name for one in join.tables)
    name = f"{root.name}: {name}" if root.sheet else name
    remarks = tuple(dict.fromkeys(note for one in join.tables for note in one.remarks))
    return Table(name, tuple(columns), root.count, remarks, join=join)


@lru_cache(maxsize=256)
def key(left: Table, right: Table) -> tuple[int, int] | None:
    """The places of the columns by which each row of `left` finds its row of `right`: as declared, else by what they hold."""
    same = left.name == right.name and bool(left.sheet)
    places = {column.name: n for n, column in enumerate(left.columns)}
    others = {column.name: n for n, column in enumerate(right.columns)}
    said = [(places[key.here], others[key.column]) for key in left.keys if same and key.sheet == right.sheet
            and key.here in places and key.column in others]  # fmt: skip
    if said:
        return said[0] if len(said) == 1 else None
    if same and (left.keys or right.keys):
        return None
    return _evident(left, right)


def _evident(left: Table, right: Table) -> tuple[int, int] | None:
    """A column of `right` whose values are all different, most of which stand in a column of `left` that is called alike."""
    best, key = 0.0, None
    for n, one in enumerate(left.columns):
        for m, other in enumerate(right.columns):
            if one.kind != other.kind or one.kind == "time" or other.distinct < 0.98 * (right.rows - other.empty) or other.distinct < 2:
                continue
            alike = max(SequenceMatcher(None, _bare(one.name), called).ratio() for called in _callings(right, other))
            if left.name == right.name and alike < 0.5:
                continue  # what a database holds twice points nowhere: the family of an instrument that is called as a department
            if one.kind == "number" and (alike < 0.8 or one.distinct == left.rows == right.rows):
                continue
            if one.kind == "number" and _bare(one.name) == "id":
                continue  # the number of its own rows
            shared = _shared(left, n, right, m)
            if shared >= 0.5 and shared + alike > best:
                best, key = shared + alike, (n, m)
    return key


def _callings(table: Table, column: Column) -> list[str]:
    """What a column that points to `column` may be called: "id" of customers is "customer_id"."""
    name = _bare(table.sheet or table.name.rpartition(".")[0] or table.name)
    single = _ODD.get(name, re.sub(r"ies$", "y", name) if name.endswith("ies") else name.removesuffix("s"))
    own = _bare(column.name)
    return [own, name + own, single + own, single]


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _shared(left: Table, n: int, right: Table, m: int) -> float:
    """The share of the different values of a column of `left` that stand in one of `right`."""
    pair = Join((left, right), ((0, n, m),))
    with opened(Table("", (*left.columns, *right.columns), left.count, join=pair), []) as database:
        known = f"(SELECT DISTINCT k{n} AS v FROM tj0 WHERE k{n} IS NOT NULL)"
        asked = f"SELECT count(*), count(*) FILTER (v IN (SELECT k{m} FROM tj1)) FROM {known}"
        every_, found = fetched(database, asked, {}, left.name)[0]
        return found / every_ if every_ else 0.0
