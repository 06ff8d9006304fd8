"""The field tables that bureaus hand in, and whether a value fits its field.

GDAL widens a field silently when a text is too long and cuts decimals with a mere warning, so the
fit is decided here, in bytes of the encoding and in digits, before anything is written.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, cast, get_args

from data.codes import code_list
from data.columns import Column
from data.text_cleaning import has_nul
from gis.messages import Message

__all__ = [
    "ENCODINGS",
    "Encoding",
    "Field",
    "Misfit",
    "Schema",
    "field_mapping",
    "schema",
    "schema_names",
    "unencodable",
]

Encoding: TypeAlias = Literal["UTF-8", "GBK", "GB18030"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

SCHEMAS = Path(__file__).with_name("codes") / "schemas"
MAPPINGS = Path(__file__).with_name("codes") / "mappings"


class Misfit(NamedTuple):
    """A value that its field cannot hold whole.

    `code` is one of ``unknown_field``, ``wrong_type``, ``too_long``, ``not_encodable``,
    ``control_character``, ``too_many_decimals``, ``too_big``, ``not_finite``, ``loses_time``;
    `row` counts from 1, None where a single set of values was checked; `id` is that of the row,
    None where rows have none.
    """

    field: str
    code: str
    message: Message
    row: int | None = None
    id: object = None


class Field(NamedTuple):
    """One column of a dbf table: `type` is C (text), N (number) or D (date).

    `width` is in bytes for text and in digits, sign and point included, for numbers; `precision`
    counts the decimals.
    """

    name: str
    type: str
    width: int
    precision: int
    label: str
    source: str

    def misfit(self, value: object, encoding: Encoding) -> Misfit | None:
        """What is wrong with a value for this field; None when it fits. An absent one fits."""
        if value is None or value == "":
            return None
        reason = _FITS[self.type](self, value, encoding)
        return reason and Misfit(self.name, *reason)


class Schema(NamedTuple):
    """A table of fields in the order of the file, under a name.

    ``stages`` are those of the plots that it takes; none where it is no table of plots.

    Examples
    --------
    >>> values = {"xian": "220102", "lin_ban": "12345", "yu_bi_du": 0.7}
    >>> [(misfit.field, misfit.code) for misfit in schema("lcxzgx").check(values)]
    [('lin_ban', 'too_long')]
    """

    name: str
    title: str
    official: bool
    source: str
    fields: tuple[Field, ...]
    stages: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Field names in the order of the file."""
        return [field.name for field in self.fields]

    def check(self, values: Mapping[str, object], encoding: Encoding = "UTF-8") -> list[Misfit]:
        """Everything about one row of values that would not come back whole from the file.

        Parameters
        ----------
        values
            By field name. Fields that are left out or None or empty are written empty.
        encoding
            What the texts will be written in: it decides how many bytes they need.

        Returns
        -------
        list of Misfit
            Empty when all fit.
        """
        known = {field.name: field for field in self.fields}
        return [
            misfit
            for name, value in values.items()
            if (misfit := _misfit(name, known.get(name), value, encoding))
        ]

    def check_columns(
        self, columns: Mapping[str, Column | Sequence[object]], encoding: Encoding = "UTF-8"
    ) -> list[Misfit]:
        """As `check`, for whole columns of one length; each misfit carries its row, from 1."""
        known = {field.name: field for field in self.fields}
        return [
            misfit._replace(row=row)
            for name, column in columns.items()
            for row, misfit in _column_misfits(name, known.get(name), column, encoding)
        ]


def _misfit(name: str, field: Field | None, value: object, encoding: Encoding) -> Misfit | None:
    if field is None:
        return Misfit(
            name,
            "unknown_field",
            Message(
                "没有这个字段。",
                "There is no such field.",
            ),
        )
    return field.misfit(value, encoding)


def _column_misfits(
    name: str, field: Field | None, given: Column | Sequence[object], encoding: Encoding
) -> Iterable[tuple[int, Misfit]]:
    column = given if isinstance(given, Column) else Column.of(given)
    if field is not None and _all_fit(column.values, field, encoding):
        return
    faults = {
        place: misfit
        for place, value in enumerate(column.values)
        if (misfit := _misfit(name, field, value, encoding))
    }
    yield from ((row + 1, faults[column.place(row)]) for row in column.rows_with(faults))


def _all_fit(values: Sequence[object], field: Field, encoding: Encoding) -> bool:
    """Whether values fit for sure, by one look at all of them together."""
    there = [value for value in values if value is not None]
    kinds = {*map(type, there)}
    if field.type == "C" and kinds <= {str}:
        return _texts_fit(cast("list[str]", there), field, encoding)
    if field.type == "N" and kinds <= {int, float}:
        return _numbers_fit(cast("list[float]", there), field)
    return not there


def _texts_fit(texts: Sequence[str], field: Field, encoding: Encoding) -> bool:
    together = "".join(texts)
    try:
        together.encode(encoding)
    except UnicodeEncodeError:
        return False
    most = max(map(len, texts), default=0)
    widest = 1 if together.isascii() else _BYTES[encoding]
    return not has_nul(together) and most * widest <= field.width


def _numbers_fit(numbers: Sequence[float], field: Field) -> bool:
    # A point takes a place where there are decimals, a sign another. NaN is not equal to itself.
    places = field.precision
    most = 10 ** (field.width - (places + 1 if places else 0))
    return all(-most / 10 < number < most and round(number, places) == number for number in numbers)


# That a character takes at most.
_BYTES: Final[Mapping[Encoding, int]] = {"UTF-8": 4, "GBK": 2, "GB18030": 4}


_Fault: TypeAlias = tuple[str, Message] | None


def _text_fault(field: Field, value: object, encoding: Encoding) -> _Fault:
    if not isinstance(value, str):
        return _wrong_type(value, "文本", "a text")
    if has_nul(value):
        return "control_character", Message(
            "含有 NUL 字符，其后的内容会丢失。",
            "A NUL cuts what follows it.",
        )
    try:
        needed = len(value.encode(encoding))
    except UnicodeEncodeError:
        strange = _shown(unencodable(value, encoding))
        return "not_encodable", (
            Message(
                f"{encoding} 中没有“{_shown(value)}”的字符“{strange}”，请改字，或用 UTF-8、"
                "GB18030，或允许换成〓。",
                f"{encoding} has no {strange} of “{_shown(value)}”; change it, use UTF-8 or "
                "GB18030, or let it be replaced by 〓.",
            )
        )
    if needed > field.width:
        return "too_long", (
            Message(
                f"“{_shown(value)}”需要 {needed} 字节，字段只有 {field.width} 字节。",
                f"It needs {needed} bytes, the field has {field.width}.",
            )
        )
    return None


def unencodable(text: str, encoding: Encoding) -> str:
    """The characters of a text that an encoding lacks, each once.

    Examples
    --------
    >>> unencodable("𠮷林𠮷", "GBK"), unencodable("𠮷林", "GB18030")
    ('𠮷', '')
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(dict.fromkeys(letter for letter in text if not _encodable(letter, encoding)))
    return ""


def _encodable(letter: str, encoding: Encoding) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _number_fault(field: Field, value: object, _encoding: Encoding) -> _Fault:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong_type(value, "数字", "a number")
    if not math.isfinite(value):
        return "not_finite", Message(
            f"{value} 不是有限的数。",
            f"{value} is not finite.",
        )
    if round(value, field.precision) != value:
        return "too_many_decimals", (
            Message(
                f"{value!r} 的小数多于 {field.precision} 位。",
                f"{value!r} has more than {field.precision} decimals.",
            )
        )
    digits = len(f"{value:z.{field.precision}f}")
    if digits > field.width:
        return "too_big", (
            Message(
                f"{value!r} 需要 {digits} 位，字段只有 {field.width} 位。",
                f"{value!r} needs {digits} places, the field has {field.width}.",
            )
        )
    return None


def _date_fault(_field: Field, value: object, _encoding: Encoding) -> _Fault:
    if not isinstance(value, date):
        return _wrong_type(value, "日期", "a date")
    if isinstance(value, datetime) and value.time() != time():
        return "loses_time", Message(
            f"{value} 的时刻写不进日期字段。",
            "A date field keeps no time of day.",
        )
    return None


def _wrong_type(value: object, wanted_zh: str, wanted_en: str) -> tuple[str, Message]:
    return "wrong_type", Message(
        f"“{_shown(str(value))}”不是{wanted_zh}。",
        f"It is not {wanted_en}.",
    )


def _shown(text: str, most: int = 30) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable if len(printable) <= most else printable[:most] + "…"


_FITS = {"C": _text_fault, "N": _number_fault, "D": _date_fault}


def schema_names() -> list[str]:
    """The names of all schemas that come with the product."""
    return [code.code for code in code_list("schema")]


@cache
def schema(name: str) -> Schema:
    """A schema by its name; `data.codes.UnknownCodeError` names those there are.

    Examples
    --------
    >>> [schema("zaolin").names[0], len(schema("lcxzgx").fields), schema("zaolin").official]
    ['bsm', 135, False]
    """
    about = code_list("schema")[name]
    return Schema(
        name,
        about.label_zh,
        about.status == "cited",
        about.source,
        tuple(_read_fields(name)),
        tuple(about.more["stages"].split()),
    )


def _read_fields(name: str) -> list[Field]:
    with (SCHEMAS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Field(
            row["name"],
            row["type"],
            int(row["width"]),
            int(row["precision"] or 0),
            row["label"],
            row["source"],
        )
        for row in rows
    ]


@cache
def field_mapping(name: str) -> Mapping[str, str]:
    """Which property fills which field of a schema; fields that nothing fills are left out.

    Properties are those of the interface, and the ones that `data.writing.attributes` derives
    from them.

    Examples
    --------
    >>> field_mapping("lcxzgx")["xian"], field_mapping("lcxzgx")["xbmj"]
    ('district', 'area_m2')
    """
    known = set(schema(name).names)
    with (MAPPINGS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        pairs = {row["field"]: row["property"] for row in csv.DictReader(file)}
    if strange := set(pairs) - known:
        raise ValueError(f"{name}.csv maps fields that its schema lacks: {sorted(strange)}")
    return pairs
