"""Validation of values that are known only after a request was read."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def validate_body(model: type[Model], values: Any, *location: str) -> Model:
    """``values`` as a model, such as the properties that a merge patch leaves.

    ``location`` is where they stand in the body: the names in errors begin there.

    Raises
    ------
    RequestValidationError
        422 ``invalid_request`` with the fields, as for a body that does not fit.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(
            [{**detail, "loc": ("body", *location, *detail["loc"])} for detail in error.errors()]
        ) from None
