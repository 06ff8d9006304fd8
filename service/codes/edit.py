"""Changes of code lists: a bureau adds rows, changes them, retires and deletes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from data.code_tables import CODED, checked_row
from data.codes import Code, CodeList, code_list_names, further_columns, shipped_list
from data.indicators import NAMED, circle_of_ratios
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.db.codes import codes
from service.codes.db.local_codes import (
    Uses,
    await_holders,
    delete_local_code,
    hold_codes,
    lock_list,
    store_local_code,
    uses_of,
)
from service.codes.in_use import codes_in_use
from service.errors import Problem, not_found
from service.web.etags import Versions
from service.web.optimistic_lock import stale

# The program acts by these codes: their words may be changed, but no code may be added.
CLOSED: Final = frozenset(
    [
        "acceptance_outcome",
        "duty_state",
        "evidence",
        "green_class",
        "level",
        "review",
        "role",
        "schema",
        "stage",
        "whole_city",
        "zone_level",
    ]
)
# Rules come whole, by a file that is checked as rules.
RULES: Final = frozenset(["acceptance_rule", "patrol_rule"])


def put_code(
    connection: Connection,
    account: Account,
    name: str,
    cells: Mapping[str, str],
    seen: Versions | None,
) -> tuple[dict[str, Any], bool]:
    """Write one row of the bureau; answers it, and whether the code is new.

    Raises
    ------
    Problem
        404 no such list; 409 ``closed_list``, ``rules_by_file`` or ``word_taken``; 412 ``stale``;
        422 with each wrong column.
    """
    refuse_unknown_list(name)
    (row,) = kept_rows(connection, name, [cells])
    before = {entry["code"]: entry for entry in codes(connection, name)}
    refuse_stale(before.get(row.code), seen)
    store_rows(connection, name, [row], before)
    stored = next(entry for entry in codes(connection, name) if entry["code"] == row.code)
    note(connection, account, "code", {"list": name, **cells, "code": row.code})
    return stored, row.code not in before


def names_codes_of(name: str) -> list[str]:
    """The lists whose codes the rows of a list name.

    Examples
    --------
    >>> names_codes_of("species"), names_codes_of("theme")
    (['province'], [])
    """
    named = {CODED[column] for column in further_columns(name) if column in CODED}
    if name == "indicator":
        named |= {*NAMED.values(), "unit_of_measure"}
    return sorted(named)


def kept_rows(connection: Connection, name: str, rows: Sequence[Mapping[str, str]]) -> list[Code]:
    """Rows that are right, in a list that it locks; the codes that they name are not deleted now.

    Raises
    ------
    Problem
        422 with each wrong column, and the number of its row where there are several.
    """
    lock_list(connection, name)
    hold_codes(connection, *names_codes_of(name))
    kept, problems = [], []
    with codes_in_use(connection):
        for number, cells in enumerate(rows, start=1):
            row, wrong = checked_row(name, cells, number)
            kept.append(row)
            problems += wrong
    if problems:
        errors = [
            {
                "field": problem.field,
                "code": problem.code,
                "message": problem.message,
                **({"row": problem.row} if len(rows) > 1 else {}),
            }
            for problem in problems
        ]
        raise Problem(422, problems[0].code, problems[0].message, errors=errors)
    return kept


def store_rows(
    connection: Connection,
    name: str,
    rows: Sequence[Code],
    before: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write rows of the bureau into a list that the caller has locked.

    Raises
    ------
    Problem
        409 ``rules_by_file``, ``closed_list`` or ``word_taken``, 422 ``circle``: nothing is
        written.
    """
    if name in RULES:
        raise Problem(
            409,
            "rules_by_file",
            Message(
                f"{name} 是规则，请用 luotu import rules FILE 整体导入",
                f"{name} holds rules: bring them whole by `luotu import rules FILE`",
            ),
        )
    new = [row.code for row in rows if row.code not in before]
    if new and name in CLOSED:
        raise Problem(
            409,
            "closed_list",
            Message(
                f"程序按代码表 {name} 的代码办事，不能新增 {new[0]}；可以改已有代码的名称",
                f"the program acts by the codes of {name}, so {new[0]} cannot be added: change "
                "the labels of those that it has",
            ),
        )
    listed = {code: as_code(entry) for code, entry in before.items()}
    listed |= {row.code: row for row in rows}
    refuse_shared_words(name, listed.values(), {row.code for row in rows})
    if name == "indicator":
        measures = {code: entry["measure"] for code, entry in before.items()}
        refuse_circle(measures | {row.code: row.more["measure"] for row in rows})
    for row in rows:
        version = int(before.get(row.code, {}).get("version") or 0) + 1
        store_local_code(connection, name, row, version)


def refuse_shared_words(name: str, rows: Iterable[Code], changed: set[str]) -> None:
    """Refuse a word of a changed row that another row has too.

    Raises
    ------
    Problem
        409 ``word_taken`` with both codes.
    """
    owner: dict[str, str] = {}
    for row in rows:
        for word in CodeList(name, [row]).words():
            other = owner.setdefault(word, row.code)
            if other != row.code and {other, row.code} & changed:
                mine, theirs = (row.code, other) if row.code in changed else (other, row.code)
                raise Problem(
                    409,
                    "word_taken",
                    Message(
                        f"“{word}”已是代码表 {name} 中 {theirs} 的名称或代码，{mine} 请换一个",
                        f"{word!r} stands for {theirs} in code list {name} already: take another "
                        f"word for {mine}",
                    ),
                )


def refuse_circle(measures: Mapping[str, str]) -> None:
    """Refuse ratios that are made of each other.

    Raises
    ------
    Problem
        422 ``circle`` with their codes.
    """
    circle = circle_of_ratios(measures)
    if circle:
        words = " → ".join(circle)
        message = Message(
            f"指标的比率互为分子或分母，算不出来：{words}，请改其中一个的 measure",
            f"these ratios are made of each other and have no value: {words}; change the measure "
            "of one of them",
        )
        error = {"field": "measure", "code": "circle", "message": message}
        raise Problem(422, "circle", message, errors=[error])


def remove_code(
    connection: Connection, account: Account, name: str, word: str, seen: Versions | None
) -> None:
    """Delete a row of the bureau that nobody uses; a shipped row of its code comes back.

    Raises
    ------
    Problem
        404; 409 ``shipped_code`` or ``code_in_use`` with the counts; 412 ``stale``; 422 ``circle``
        where the shipped row would close one.
    """
    refuse_unknown_list(name)
    lock_list(connection, name)
    await_holders(connection, name)
    row = next((entry for entry in codes(connection, name) if entry["code"] == word), None)
    if row is None:
        raise not_found("此代码")
    refuse_stale(row, seen)
    if not row["local"]:
        raise Problem(
            409,
            "shipped_code",
            Message(
                f"{word} 是随产品提供的代码，不能删除；不想再用可以停用（retired: true）",
                f"{word} ships with the product and cannot be deleted: retire it instead "
                "(retired: true)",
            ),
        )
    if word not in shipped_list(name):
        refuse_used(name, row, uses_of(connection, name, word))
    elif name == "indicator":
        measures = {entry["code"]: entry["measure"] for entry in codes(connection, name)}
        refuse_circle(measures | {word: shipped_list(name)[word].more["measure"]})
    delete_local_code(connection, name, word)
    note(connection, account, "code_deleted", {"list": name, "code": word})


def refuse_used(name: str, row: Mapping[str, Any], uses: Uses) -> None:
    """Refuse to delete a code that something has.

    Raises
    ------
    Problem
        409 ``code_in_use``.
    """
    if not any(uses):
        return
    zh, en = [], []
    for count, of_zh, of_en in (
        (uses.plots, "个图斑", "plot"),
        (uses.former_plots, "个图斑的旧版本", "former version"),
        (uses.findings, "条问题", "finding"),
        (uses.areas, "个统计片区", "reporting area"),
        (uses.targets, "项任务", "target"),
        (uses.records, "条台账记录", "record"),
        (uses.members, "处成员关系", "membership"),
        (uses.registers, "个台账", "register"),
        (uses.indicators, "项指标", "indicator"),
        (uses.layers, "个图层", "layer"),
        (uses.codes, "个代码", "code"),
    ):
        if count:
            zh.append(f"{count} {of_zh}")
            en.append(counted(count, of_en))
    raise Problem(
        409,
        "code_in_use",
        Message(
            f"代码表 {name} 的 {row['code']}“{row['label_zh']}”有 {'、'.join(zh)}在用，不能删除；"
            "可以停用（retired: true），已有的仍能读",
            f"{row['code']} of code list {name} cannot be deleted, in use by {', '.join(en)}: "
            "retire it (retired: true), and what has it stays readable",
        ),
        errors=[{"field": "code", "code": "code_in_use", **uses._asdict()}],
    )


def refuse_unknown_list(name: str) -> None:
    """Refuse a list that there is not. Raises `Problem` 404."""
    if name not in code_list_names():
        raise not_found("此代码表")


def refuse_stale(row: Mapping[str, Any] | None, seen: Versions | None) -> None:
    """Refuse a change of a row that somebody changed meanwhile. Raises `Problem` 412."""
    version = 0 if row is None else int(row.get("version") or 0)
    if seen is not None and version not in seen:
        raise stale(
            version,
            Message(
                f"代码已改为第 {version} 版，您的修改未保存，请重新读取后再改",
                f"the code is at version {version} by now: read it again and redo your change",
            ),
        )


def as_code(row: Mapping[str, Any]) -> Code:
    """A row of the database as a row of a list."""
    more = {column: row[column] for column in ("alias", "scientific") if row.get(column)}
    return Code(
        row["code"], row["label_zh"], row["label_en"], row["source"], row.get("status", ""), more
    )
