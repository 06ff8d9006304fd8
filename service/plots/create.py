"""From a drawn Feature to a stored plot: checked, placed, and only then written."""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely import MultiPolygon
from sqlalchemy import Connection

from data.codes import UnknownCodeError
from data.schemas import schema
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.errors import Problem
from service.plots.api.plot_schemas import PlotFeature
from service.plots.db.ground_lock import lock_ground
from service.plots.db.history import plan_ids_ever
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.plots import existing_plot_ids
from service.plots.validate import raise_for_problems, validate
from service.settings import Settings
from service.web.vertices import check_size, drawn

# Which code list each attribute is taken from.
CODE_LISTS = {
    "kind": "kind",
    "category": "category",
    "programme": "programme",
    "method": "method",
    "land_ownership": "land_ownership",
    "tree_ownership": "tree_ownership",
}


def create_plot(
    connection: Connection,
    who: Account,
    feature: PlotFeature,
    settings: Settings,
    acknowledged: Sequence[str] = (),
) -> int:
    """Write a drawn plot as a draft; answers its number.

    Raises
    ------
    GeometryError, Problem, NumberTaken
        The plot is refused whole: shape, place, scope, codes or number.
    """
    geometry = drawn(feature.geometry, settings)
    attributes = feature.properties.model_dump()
    new = validate_new_version(
        connection, who, geometry, attributes, settings, acknowledged=acknowledged
    )
    return insert_plots(connection, who, [new])[0]


def validate_new_version(  # noqa: PLR0913 - what every write brings along
    connection: Connection,
    who: Account,
    geometry: MultiPolygon,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    plot_id: int | None = None,
    besides: Sequence[int] = (),
    acknowledged: Sequence[str] = (),
) -> NewPlot:
    """A plot that may be written; every write passes here, ``plot_id`` is the plot that it changes.

    It may lie on the plots ``besides``: it takes their place.

    Its county is the one of the writer's with the largest part. ``acknowledged`` are the codes of
    warnings that the writer has seen.

    Raises
    ------
    Problem
        The plot is refused whole: size, codes, plans, or a verdict.
    """
    check_size(geometry, settings)
    values = resolve_codes(connection, attributes)
    refuse_unknown_plans(connection, who, values["plan_ids"], plot_id)
    # Who is just writing the same ground is waited for, and seen.
    lock_ground(connection, [geometry])
    own = () if plot_id is None else (plot_id,)
    looked = validate(connection, who, geometry, values, settings, besides=(*own, *besides))
    raise_for_problems(looked, acknowledged)
    district = next(one.county for one in looked.shares if who.covers(one.county))
    return NewPlot(geometry=geometry, district=district, attributes=values)


def resolve_codes(connection: Connection, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with codes where labels were given; an unknown code is refused by its name."""
    values = dict(attributes)
    errors = []
    for field, name in CODE_LISTS.items():
        if values.get(field) is not None:
            found = _code(connection, name, values[field])
            if found is None:
                errors.append(_unknown(f"properties.{field}", name, values[field]))
            values[field] = found
    species = []
    for n, one in enumerate(values.get("species") or []):
        found = _code(connection, "species", one["code"])
        if found is None:
            errors.append(_unknown(f"properties.species.{n}.code", "species", one["code"]))
        species.append({**one, "code": found})
    values["species"] = species
    errors.extend(extra_field_errors(values.get("extra") or {}))
    if errors:
        raise Problem(422, errors[0]["code"], errors[0]["message"], errors=errors)
    return values


def _code(connection: Connection, name: str, value: str) -> str | None:
    for one in codes(connection, name):
        words = (one["code"], one["label_zh"], one["label_en"], *one.get("alias", "").split())
        if value in words:
            return str(one["code"])
    return None


def _unknown(field: str, name: str, value: str) -> dict[str, str]:
    return {
        "field": field,
        "code": "unknown_code",
        "message": f"代码表 {name} 中没有 {value!r}；not in the list: /api/codes/{name} shows it",
    }


def refuse_unknown_plans(
    connection: Connection, who: Account, plan_ids: list[int], plot_id: int | None = None
) -> None:
    """Refuse plans that do not exist, or not in the writer's scope, or the plot itself.

    What a plot named before it may go on naming, though the plan be deleted.
    """
    known = existing_plot_ids(connection, who, plan_ids) - {plot_id}
    if plot_id is not None:
        known |= plan_ids_ever(connection, plot_id)
    strange = [one for one in plan_ids if one not in known]
    if strange:
        raise Problem(
            422,
            "unknown_plan",
            f"没有计划图斑 {strange[0]}；no such plot in your scope",
            errors=[{"field": "properties.plan_ids", "code": "unknown_plan"}],
        )


def extra_field_errors(extra: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """What of the further official fields no file of their schema could hold."""
    errors = []
    for name, values in extra.items():
        try:
            misfits = schema(name).check(values)
        except UnknownCodeError as error:
            errors.append(
                {
                    "field": f"properties.extra.{name}",
                    "code": "unknown_schema",
                    "message": str(error),
                }
            )
            continue
        errors.extend(
            {
                "field": f"properties.extra.{name}.{one.field}",
                "code": one.code,
                "message": one.message,
            }
            for one in misfits
        )
    return errors
