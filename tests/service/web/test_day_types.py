"""A number is neither a day nor a moment, in no body and in no query."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from service.app import create_app
from service.database.engine import sqlalchemy_url
from service.settings import Settings
from tests.service.conftest import Database, SignIn, feature


def fields_of(dependant: Dependant) -> Iterator[tuple[str, Any, Any]]:
    """Name, type and bounds of whatever a route takes, to the leaves of its bodies."""
    for given in (*dependant.query_params, *dependant.body_params):
        yield from leaves(given.name, given.field_info.annotation, given.field_info.metadata, ())
    for further in dependant.dependencies:
        yield from fields_of(further)


def leaves(name: str, kind: Any, bounds: Any, above: tuple[Any, ...]) -> Iterator[Any]:
    """What is no model, below a type."""
    models = [
        part
        for part in parts_of(kind)
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in above
    ]
    if not models:
        yield name, kind, bounds
    for model in models:
        for inner, info in model.model_fields.items():
            yield from leaves(f"{name}.{inner}", info.annotation, info.metadata, (*above, *models))


def parts_of(kind: Any) -> list[Any]:
    """A type and all that it is made of."""
    return [kind, *(part for inner in get_args(kind) for part in parts_of(inner))]


@pytest.fixture(scope="module")
def times(settings: Settings, shared: Database) -> dict[str, Any]:
    """Every day and moment that a route takes."""
    url = sqlalchemy_url(shared.endpoint.url("service", shared.name))
    routes = [route for route in create_app(settings, url).routes if isinstance(route, APIRoute)]
    return {
        f"{route.operation_id} {name}": Annotated[kind, *bounds] if bounds else kind
        for route in routes
        for name, kind, bounds in fields_of(route.dependant)
        if {date, datetime} & {part for part in parts_of(kind) if isinstance(part, type)}
    }


def test_no_day_or_moment_is_made_of_a_number(times: dict[str, Any]) -> None:
    assert len(times) > 40
    taken = []
    for name, kind in times.items():
        for number in (0, 86_400, "0", "1783296000", 1.0, [86_400], [[86_400]]):
            try:
                TypeAdapter(kind).validate_python(number)
            except ValidationError:
                continue
            taken.append((name, number))
    assert taken == []


@pytest.mark.parametrize("number", [0, "0", 20_541 * 86_400])
def test_a_number_for_a_day_is_refused_in_words(sign_in: SignIn, number: Any) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(planted_on=number))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "properties.planted_on"
    assert "2026-04-01" in error["message"]
