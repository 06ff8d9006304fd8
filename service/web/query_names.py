"""Unknown query parameters are refused: a typing error must not widen a filter."""

import difflib
from typing import get_args, get_origin

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from gis.messages import Message
from service.errors import Problem


def _takes_many(annotation: object) -> bool:
    return get_origin(annotation) in (list, tuple, set) or any(
        _takes_many(part) for part in get_args(annotation)
    )


def reject_unknown_query_params(request: Request) -> None:
    """Raise `Problem` 422 for a query parameter that is unknown, or given twice.

    Without this ``?distric=220102`` would answer the whole scope, and one of two years would be
    silently ignored.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not request.query_params:
        return
    known = {
        field.alias: field.field_info.annotation
        for field in get_flat_params(route.dependant)
        if isinstance(field.field_info, params.Query)
    }
    for name in request.query_params:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1) or sorted(known)
            words = Message(
                f"没有参数 {name[:50]!r}",
                f"no such parameter here: {', '.join(near) or 'none'}",
            )
            raise _refusal(name, words, "unknown_parameter")
        if len(request.query_params.getlist(name)) > 1 and not _takes_many(known[name]):
            words = Message(
                f"参数 {name} 出现多次",
                "the parameter is given twice: send it once",
            )
            raise _refusal(name, words, "repeated_parameter")


def _refusal(name: str, message: Message, code: str) -> Problem:
    entry = {"field": name[:50], "in": "query", "code": code, "message": message}
    return Problem(422, code, message, errors=[entry])
