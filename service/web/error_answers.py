"""What the OpenAPI document says of the errors that every route may answer."""

from typing import Any, Final

from service.web.problem_json import PROBLEM_JSON

REFS: Final = "#/components/schemas/"


def _answer(description: str) -> dict[str, Any]:
    schema = {"$ref": f"{REFS}ProblemDocument"}
    return {"description": description, "content": {PROBLEM_JSON: {"schema": schema}}}


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": _answer("Refused: `code` names the reason, `detail` says what to do."),
    "503": _answer("The database is away, or the question took too long; see Retry-After."),
}
