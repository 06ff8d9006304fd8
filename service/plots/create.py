"""New plots: a drawn Feature is validated, placed in its county, and only then stored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shapely import MultiPolygon
from sqlalchemy import Connection

from data.codes import UnknownCodeError
from data.plots.values import retired_message
from data.schemas import schema
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes_named
from service.codes.db.local_codes import codes_had, hold_codes
from service.errors import Problem
from service.plots.api.plot_schemas import PlotFeature
from service.plots.db.credit import claimed_plot_ids
from service.plots.db.ground_lock import lock_ground
from service.plots.db.history import plan_ids_ever
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.plots import existing_plot_ids
from service.plots.validate import raise_for_problems, validate
from service.settings import Settings
from service.units.naming import unit_words, wrong_unit
from service.web.vertices import check_size, drawn

# Attributes whose values are codes; each is taken from the code list of the same name.
CODED = (
    "kind",
    "category",
    "programme",
    "theme",
    "work_type",
    "method",
    "land_ownership",
    "tree_ownership",
)


def create_plot(
    connection: Connection,
    account: Account,
    feature: PlotFeature,
    settings: Settings,
    acknowledged: Sequence[str] = (),
) -> int:
    """Store a drawn plot as a draft; returns its id.

    Raises
    ------
    GeometryError, Problem, NumberTaken, GroundBusy
        Nothing of the plot is stored: its shape, place, scope, codes or number are refused, or
        somebody else is writing the same ground.
    """
    geometry = drawn(feature.geometry, settings)
    attributes = feature.properties.model_dump()
    new = validate_new_version(
        connection, account, geometry, attributes, settings, acknowledged=acknowledged
    )
    return insert_plots(connection, account, [new])[0]


def validate_new_version(  # noqa: PLR0913 - what every write brings along
    connection: Connection,
    account: Account,
    geometry: MultiPolygon,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    plot_id: int | None = None,
    besides: Sequence[int] = (),
    acknowledged: Sequence[str] = (),
) -> NewPlot:
    """A version that may be stored; every write of a plot passes here.

    Its county is the one in the account's scope that holds the largest part of it; town and village
    are written in where the attributes do not say them.

    Parameters
    ----------
    geometry
        Valid, in degrees of CGCS2000.
    plot_id
        The plot that is changed; None for a new one.
    besides
        Ids of the plots that it replaces: it may lie on them.
    acknowledged
        Codes of the warnings that the writer has seen.

    Raises
    ------
    Problem
        422 for size, codes, plans or a blocking problem; 409 ``warnings``, or a plan that it cannot
        carry out.
    GroundBusy
        Somebody else is writing the same ground.
    """
    check_size(geometry, settings)
    replaced = besides if plot_id is None else (plot_id, *besides)
    values = resolve_codes(connection, attributes, replaced)
    plans_before = set() if plot_id is None else plan_ids_ever(connection, plot_id)
    refuse_unknown_plans(connection, account, values["plan_ids"], plot_id, plans_before)
    # Wait for other writers of the same ground, so that the checks see their plots.
    lock_ground(connection, [geometry])
    validation = validate(
        connection,
        account,
        geometry,
        values,
        settings,
        besides=replaced,
        plans_before=plans_before,
        claimed=() if plot_id is None else claimed_plot_ids(connection, plot_id),
    )
    raise_for_problems(validation, acknowledged)
    district = next(share.county for share in validation.shares if account.covers(share.county))
    return NewPlot(geometry=geometry, district=district, attributes={**values, **validation.place})


def resolve_codes(
    connection: Connection, attributes: Mapping[str, Any], replaced: Sequence[int] = ()
) -> dict[str, Any]:
    """The attributes with codes where labels were given.

    A retired code is refused, unless one of the plots ``replaced`` has it or had it once.

    Raises
    ------
    Problem
        422 ``unknown_code`` or ``retired_code``, or ``unknown_schema`` and misfits of further
        official fields.
    """
    values = dict(attributes)
    errors = []
    asked = {name: [values[name]] for name in CODED if values.get(name) is not None}
    asked["species"] = [share["code"] for share in values.get("species") or []]
    hold_codes(connection, *(name for name in (*CODED, "species") if values.get(name)))
    named = {name: codes_named(connection, name, words) for name, words in asked.items() if words}

    def resolved(field: str, name: str, word: str) -> str | None:
        entry = named[name].get(word)
        if entry is None:
            errors.append(_unknown(field, name, word))
            return None
        if entry["retired"] and entry["code"] not in codes_had(connection, name, replaced):
            errors.append(_retired(field, name, entry))
        return str(entry["code"])

    for name in CODED:
        if values.get(name) is not None:
            values[name] = resolved(f"properties.{name}", name, values[name])
    if values.get("unit") is not None:
        values["unit"] = _unit(connection, values["unit"], replaced, errors)
    species = []
    for n, share in enumerate(values.get("species") or []):
        code = resolved(f"properties.species.{n}.code", "species", share["code"])
        species.append({**share, "code": code})
    values["species"] = species
    errors.extend(extra_field_errors(values.get("extra") or {}))
    if errors:
        raise Problem(422, errors[0]["code"], errors[0]["message"], errors=errors)
    return values


def known_kind(connection: Connection, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of an unfinished drawing with the code of their kind; None for an unknown one."""
    kind = attributes.get("kind")
    entry = None if kind is None else codes_named(connection, "kind", [kind]).get(kind)
    return {**attributes, "kind": None if entry is None else str(entry["code"])}


def _unit(
    connection: Connection, word: str, replaced: Sequence[int], errors: list[dict[str, Any]]
) -> str | None:
    words = unit_words(connection)
    wrong = wrong_unit(words, word, codes_had(connection, "unit", replaced))
    if wrong is None:
        return str(words[word]["code"])
    code, message = wrong
    errors.append({"field": "properties.unit", "code": code, "message": message})
    return None


def _retired(field: str, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": field,
        "code": "retired_code",
        "message": retired_message(
            name, entry["code"], Message(entry["label_zh"], entry["label_en"])
        ),
    }


def _unknown(field: str, name: str, value: str) -> dict[str, Any]:
    return {
        "field": field,
        "code": "unknown_code",
        "message": Message(
            f"代码表 {name} 中没有 {value!r}，可用代码见 /api/codes/{name}",
            f"{value!r} is not in the list {name}: /api/codes/{name} shows it",
        ),
    }


def refuse_unknown_plans(
    connection: Connection,
    account: Account,
    plan_ids: list[int],
    plot_id: int | None,
    plans_before: Collection[int],
) -> None:
    """Refuse ids of plans that do not exist or are out of scope, and the id of the plot itself.

    What a plot named before (``plans_before``) it may go on naming, even when that plan was deleted
    since.

    Raises
    ------
    Problem
        422 ``unknown_plan``.
    """
    known = (existing_plot_ids(connection, account, plan_ids) - {plot_id}).union(plans_before)
    unknown = [plan_id for plan_id in plan_ids if plan_id not in known]
    if unknown:
        raise Problem(
            422,
            "unknown_plan",
            Message(
                f"您的管辖范围内没有计划图斑 {unknown[0]}，请从 plan_ids 中去掉",
                f"no planned plot {unknown[0]} in your scope: take it out of plan_ids",
            ),
            errors=[{"field": "properties.plan_ids", "code": "unknown_plan"}],
        )


def extra_field_errors(extra: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Values in ``extra`` that do not fit the field widths and types of their schema."""
    errors = []
    for name, values in extra.items():
        try:
            misfits = schema(name).check(values)
        except UnknownCodeError as error:
            errors.append(
                {
                    "field": f"properties.extra.{name}",
                    "code": "unknown_schema",
                    "message": error.message,
                }
            )
            continue
        errors.extend(
            {
                "field": f"properties.extra.{name}.{misfit.field}",
                "code": misfit.code,
                "message": misfit.message,
            }
            for misfit in misfits
        )
    return errors
