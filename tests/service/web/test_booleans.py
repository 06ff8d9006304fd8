"""``true`` is no number, in whatever body: pydantic takes it for 1."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from service.app import MODULES


def bodies() -> set[type[BaseModel]]:
    """The models of all bodies that routes take, and those within them."""
    found: set[type[BaseModel]] = set()
    for module in MODULES:
        for route in module.router.routes:
            if isinstance(route, APIRoute) and route.body_field is not None:
                found.update(within(route.body_field.field_info.annotation, found))
    return found


def within(kind: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, but those that were seen."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind in seen:
            return
        seen.add(kind)
        yield kind
        for field in kind.model_fields.values():
            yield from within(field.annotation, seen)
    for part in get_args(kind):
        yield from within(part, seen)


def takes_booleans(field: FieldInfo) -> bool:
    """Whether a boolean, or one in a list, becomes a number in a field."""
    kind: Any = field.annotation
    for more in field.metadata:
        kind = Annotated[kind, more]
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    for sent in (True, [True]):
        with suppress(ValueError, TypeError):
            got = adapter.validate_python(sent)
            if type(got[0] if isinstance(got, list) else got) in (int, float):
                return True
    return False


FIELDS = sorted(
    ((model, name) for model in bodies() for name in model.model_fields),
    key=lambda found: (found[0].__module__, found[0].__name__, found[1]),
)


def test_fields_of_many_bodies_are_looked_at() -> None:
    assert len(FIELDS) > 150


def test_no_field_takes_a_boolean_for_a_number() -> None:
    wrong = [
        f"{model.__module__}.{model.__name__}.{name}"
        for model, name in FIELDS
        if takes_booleans(model.model_fields[name])
    ]
    assert wrong == []
