"""What the fields of a file mean, for a reader who has the file alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from data.schemas import Schema, field_mapping, schema
from data.writing.csv import as_csv

__all__ = ["DICTIONARY", "TABLES", "dictionary", "labels_of", "labels_of_properties"]

DICTIONARY: Final = "字段说明.csv"
TABLES: Final = {"acceptances": "验收记录"}
"""How tables beside the rows are called in a file for people."""


def dictionary(table: Schema) -> str:
    """The fields of a schema as CSV: type, width, meaning, source, and whether it is official."""
    mapping = field_mapping(table.name)
    kind = "公开模板" if table.official else "非官方"
    rows = [
        {
            "字段名": field.name,
            "类型": field.type,
            "宽度": field.width,
            "小数位": field.precision if field.type == "N" else None,
            "含义": field.label,
            "来源": field.source,
            "本系统属性": mapping.get(field.name),
            "性质": kind,
        }
        for field in table.fields
    ]
    return as_csv(list(rows[0]), rows)


def labels_of(table: Schema) -> dict[str, str]:
    """Names of fields and what they mean."""
    kind = "" if table.official else "（非官方）"
    return {field.name: f"{field.label}{kind}" for field in table.fields}


def labels_of_properties(names: Iterable[str]) -> dict[str, str]:
    """Names of the interface and what they mean; empty where no field table explains one.

    Examples
    --------
    >>> labels_of_properties(["year", "extra"])
    {'year': '任务年度', 'extra': ''}
    """
    fields = {field.name: field.label for field in schema("zaolin").fields}
    known = {name: fields[field] for field, name in field_mapping("zaolin").items()}
    return {name: known.get(name, "") for name in names}
