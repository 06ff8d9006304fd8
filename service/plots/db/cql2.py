"""Conditions on plots that somebody wrote in CQL2, from the tree that the parser made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, NoReturn

import shapely
from pygeofilter import ast, values
from pygeofilter.backends.evaluator import Evaluator, handle
from sqlalchemy import ColumnElement, FromClause, and_, func, literal, not_, or_
from sqlalchemy.exc import ArgumentError

from data.text_cleaning import has_nul
from gis.crs import CGCS2000
from gis.messages import InvalidValueError, Message

__all__ = ["PROPERTIES", "Condition", "condition"]

Type = Literal["text", "code", "number", "day", "moment", "geometry"]

PROPERTIES: Final[Mapping[str, Type]] = {
    **dict.fromkeys(("kind", "programme", "theme", "work_type", "unit"), "code"),
    **dict.fromkeys(("stage", "review", "district", "plot_no", "name", "category"), "text"),
    **dict.fromkeys(("method", "compartment_no", "subcompartment_no", "town"), "text"),
    **dict.fromkeys(("village", "land_ownership", "tree_ownership", "note"), "text"),
    **dict.fromkeys(("id", "year", "version", "area_m2", "declared_m2"), "number"),
    "density_per_ha": "number",
    "planted_on": "day",
    "changed_at": "moment",
    "geometry": "geometry",
}
"""What a filter may name, by the names of the interface; a ``code`` is given as code or label."""

_COLUMNS: Final = {"id": "plot_id", "geometry": "geom"}
_MOST_NUMBER: Final = 1e15
_COMPARED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_COUNTED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / func.nullif(right, 0),
}
# Those that only hold where the boxes meet, so that the index serves.
_MEETING: Final = ("INTERSECTS", "CONTAINS", "WITHIN", "TOUCHES", "CROSSES", "OVERLAPS", "EQUALS")


@dataclass(frozen=True)
class Condition:
    """A filter as it was parsed; ``words`` are codes by what people call them, by property."""

    tree: Any = field(hash=False)
    words: Mapping[str, Mapping[str, str]] = field(hash=False)


def condition(wanted: Condition, v: FromClause) -> ColumnElement[bool]:
    """The condition on a table of versions.

    Raises
    ------
    InvalidValueError
        The filter names what plots do not have, or compares what cannot be compared.
    """
    try:
        found = _Conditions(v, wanted.words).evaluate(wanted.tree)
    except (RecursionError, NotImplementedError, ArgumentError, TypeError) as error:
        raise InvalidValueError(_CANNOT) from error
    if not isinstance(found, _Term) or found.type != "truth":
        _refuse("筛选应是一个条件，如 year = 2026", "a filter is a condition, as year = 2026")
    return found.sql  # type: ignore[no-any-return]


_CANNOT: Final = Message(
    "此筛选用了不支持的函数或写法；可用比较、IN、BETWEEN、LIKE、IS NULL、AND、OR、NOT 和 "
    "S_INTERSECTS 等",
    "the filter uses what is not understood here: use comparisons, IN, BETWEEN, LIKE, IS NULL, "
    "AND, OR, NOT, and S_INTERSECTS and its like",
)


def _refuse(zh: str, en: str) -> NoReturn:
    raise InvalidValueError(Message(zh, en))


@dataclass(frozen=True)
class _Term:
    """A part of a condition: its SQL, its type, and for a literal the value itself."""

    sql: Any
    type: Type | Literal["truth"]
    property: str | None = None
    value: Any = None


class _Conditions(Evaluator):
    """Each node becomes a term; literals take the type of what they are compared with."""

    def __init__(self, v: FromClause, words: Mapping[str, Mapping[str, str]]) -> None:
        self._v = v
        self._words = words

    @handle(ast.Attribute)
    def attribute(self, node: ast.Attribute) -> _Term:
        name = node.name
        if name not in PROPERTIES:
            _refuse(
                f"图斑没有属性 {name}；可用：{'、'.join(PROPERTIES)}",
                f"plots have no property {name}: there are {', '.join(PROPERTIES)}",
            )
        return _Term(self._v.c[_COLUMNS.get(name, name)], PROPERTIES[name], name)

    @handle(bool)
    def truth(self, node: bool) -> _Term:
        _refuse("图斑没有真假属性", f"no property of plots is {str(node).lower()}")

    @handle(int, float)
    def number(self, node: float) -> _Term:
        if not abs(node) < _MOST_NUMBER:
            _refuse("数字过大", "a number is too great")
        return _Term(literal(node), "number", value=node)

    @handle(str)
    def text(self, node: str) -> _Term:
        if has_nul(node):
            _refuse("文字不能含 NUL", "a text may not hold NUL")
        return _Term(literal(node), "text", value=node)

    @handle(datetime)
    def moment(self, node: datetime) -> _Term:
        if node.tzinfo is None:
            _refuse("时间应带时区，如 Z 或 +08:00", "a time needs its offset, as Z or +08:00")
        return _Term(literal(node), "moment", value=node)

    @handle(date)
    def day(self, node: date) -> _Term:
        return _Term(literal(node), "day", value=node)

    @handle(values.Geometry)
    def geometry(self, node: values.Geometry) -> _Term:
        return _shape(shapely.geometry.shape(node.geometry))

    @handle(ast.Function)
    def function(self, node: ast.Function, *given: _Term) -> _Term:
        if node.name == "lower" and len(given) == 1 and given[0].type in ("text", "code"):
            value = None if given[0].value is None else given[0].value.lower()
            return _Term(func.lower(given[0].sql), "text", value=value)
        if node.name.lower() == "bbox" and len(given) == 4:
            corners = [term.value for term in given]
            if None not in corners and all(term.type == "number" for term in given):
                return _shape(shapely.box(*corners))
        raise InvalidValueError(_CANNOT)

    @handle(ast.And, ast.Or)
    def both(self, node: ast.Combination, left: _Term, right: _Term) -> _Term:
        join = and_ if isinstance(node, ast.And) else or_
        return _Term(join(_truth(left), _truth(right)), "truth")

    @handle(ast.Not)
    def no(self, _node: ast.Not, term: _Term) -> _Term:
        return _Term(not_(_truth(term)), "truth")

    @handle(ast.Comparison, subclasses=True)
    def comparison(self, node: ast.Comparison, left: _Term, right: _Term) -> _Term:
        left, right = self._alike(left, right)
        return _Term(_COMPARED[node.op.value](left.sql, right.sql), "truth")

    @handle(ast.Between)
    def between(self, node: ast.Between, term: _Term, low: _Term, high: _Term) -> _Term:
        found = term.sql.between(self._alike(term, low)[1].sql, self._alike(term, high)[1].sql)
        return _Term(not_(found) if node.not_ else found, "truth")

    @handle(ast.In)
    def among(self, node: ast.In, term: _Term, *options: _Term) -> _Term:
        found = term.sql.in_([self._alike(term, option)[1].sql for option in options])
        return _Term(not_(found) if node.not_ else found, "truth")

    @handle(ast.Like)
    def like(self, node: ast.Like, term: _Term) -> _Term:
        pattern = node.pattern
        if isinstance(pattern, ast.Function):
            pattern = self.evaluate(pattern).value
        if term.type not in ("text", "code") or not isinstance(pattern, str):
            _refuse("LIKE 只用于文字", "LIKE is for texts")
        found = term.sql.like(pattern, escape="\\")
        return _Term(not_(found) if node.not_ else found, "truth")

    @handle(ast.IsNull)
    def missing(self, node: ast.IsNull, term: _Term) -> _Term:
        return _Term(term.sql.is_not(None) if node.not_ else term.sql.is_(None), "truth")

    @handle(ast.Arithmetic, subclasses=True)
    def arithmetic(self, node: ast.Arithmetic, left: _Term, right: _Term) -> _Term:
        if {left.type, right.type} != {"number"}:
            _refuse("只有数字能计算", "only numbers can be counted with")
        return _Term(_COUNTED[node.op.value](left.sql, right.sql), "number")

    @handle(ast.SpatialComparisonPredicate, subclasses=True)
    def place(self, node: ast.SpatialComparisonPredicate, left: _Term, right: _Term) -> _Term:
        if left.type != "geometry" or right.type != "geometry":
            _refuse(
                "空间条件应写 S_INTERSECTS(geometry, POLYGON((…)))",
                "write S_INTERSECTS(geometry, POLYGON((…)))",
            )
        name = node.op.name
        found = getattr(func, f"ST_{name.title()}")(left.sql, right.sql)
        if name in _MEETING:
            found = and_(left.sql.op("&&")(right.sql), found)
        return _Term(found, "truth")

    def _alike(self, left: _Term, right: _Term) -> tuple[_Term, _Term]:
        """Both as one type: a text becomes the code or day that it stands for."""
        if left.property is None and right.property is not None:
            right, left = self._alike(right, left)
            return left, right
        if left.type == "code" and right.property is None and right.type == "text":
            return left, self._code(str(left.property), right)
        if left.type == "day" and right.type == "text" and right.value is not None:
            return left, _day(right.value)
        kinds = {"text" if term.type == "code" else term.type for term in (left, right)}
        if len(kinds) > 1 or kinds & {"truth", "geometry"}:
            _refuse(
                f"不能比较 {left.property or '此值'}（{left.type}）与 {right.type}",
                f"{left.property or 'this'} ({left.type}) cannot be compared with {right.type}",
            )
        return left, right

    def _code(self, name: str, term: _Term) -> _Term:
        known = self._words.get(name, {})
        code = known.get(str(term.value).casefold())
        if code is None:
            _refuse(
                f"没有 {name} “{term.value}”，可用代码见 /api/codes/{name}",
                f"no such {name}: {term.value!r}; /api/codes/{name} lists them",
            )
        return _Term(literal(code), "code", value=code)


def _truth(term: _Term) -> Any:
    if term.type != "truth":
        _refuse("AND、OR、NOT 之间应是条件", "AND, OR and NOT join conditions")
    return term.sql


def _day(text: str) -> _Term:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        _refuse(f"“{text}”不是日期，应如 2026-04-05", f"{text!r} is no day, as 2026-04-05")
    return _Term(literal(day), "day", value=day)


def _shape(shape: Any) -> _Term:
    finite = shapely.is_valid(shape) and not shape.is_empty
    west, south, east, north = shape.bounds if finite else (0.0, 0.0, 0.0, 0.0)
    if not finite or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        _refuse("图形无效，或坐标不是经纬度", "the shape is invalid, or not in degrees")
    return _Term(func.ST_GeomFromWKB(shapely.to_wkb(shape), CGCS2000), "geometry", value=shape)
