"""Every property of a plot that a file may set, and how it is read."""

from __future__ import annotations

from functools import partial
from typing import Final

from data.plots.list_values import evidence, extra, plan_ids, plans, species
from data.plots.values import (
    Parser,
    code_of,
    code_or_text,
    digits_of,
    number,
    planted_day,
    text,
    year,
)

NEEDED: Final = ("stage", "kind", "year")

PARSERS: Final[dict[str, Parser]] = {
    "stage": partial(code_of, "stage"),
    "kind": partial(code_of, "kind"),
    "year": year,
    "name": text,
    "plot_no": text,
    "category": partial(code_of, "category"),
    "programme": partial(code_or_text, "programme"),
    "theme": partial(code_of, "theme"),
    "work_type": partial(code_of, "work_type"),
    "unit": text,
    "method": partial(code_of, "method"),
    "species": species,
    "density_per_ha": number,
    "planted_on": planted_day,
    "evidence": evidence,
    "compartment_no": text,
    "subcompartment_no": text,
    "town": partial(digits_of, 9),
    "village": partial(digits_of, 12),
    "land_ownership": partial(code_of, "land_ownership"),
    "tree_ownership": partial(code_of, "tree_ownership"),
    "declared_m2": number,
    "plan_ids": plan_ids,
    "plans": plans,
    "note": text,
    "extra": extra,
}
"""In the order of the interface."""
