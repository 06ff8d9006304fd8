"""The OpenAPI document: the parts that single routes cannot declare."""

from threading import Lock
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from service.web.deps import SESSION_COOKIE
from service.web.error_answers import REFS

OPEN_TO_ALL = ("/healthz", "/readyz", "/api/session")


class ProblemError(BaseModel):
    """One thing that is wrong: where, and how to mend it."""

    field: str | None = Field(None, description="Path in the body, or name of the parameter.")
    code: str | None = None
    message: str | None = None
    row: int | None = Field(None, description="Row of a file, from 1.")
    at: list[float] | None = Field(None, description="[lon, lat] in degrees.")


class ProblemDocument(BaseModel):
    """RFC 9457: every error, with words that say what to do next."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; `detail` is for people and may change.")
    detail: str
    errors: list[ProblemError] = []


SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "`luotu token NAME`"},
    "basic": {"type": "http", "scheme": "basic", "description": "Any name; the token as password."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
}


class DocumentedApp(FastAPI):
    """FastAPI with errors and ways of signing in in its document."""

    def setup(self) -> None:
        """Serve the document from a thread: making it takes a second, which the loop has not."""
        made: list[bytes] = []
        turn = Lock()

        def text() -> bytes:
            with turn:
                if not made:
                    made.append(bytes(JSONResponse(self.openapi()).body))
            return made[0]

        async def document(_request: Request) -> Response:
            return Response(await run_in_threadpool(text), media_type="application/json")

        self.add_route("/openapi.json", document, include_in_schema=False)

    def openapi(self) -> dict[str, Any]:
        """Make the document once."""
        if self.openapi_schema is None:
            document = super().openapi()
            components = document.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            problem = ProblemDocument.model_json_schema(ref_template=f"{REFS}{{model}}")
            schemas |= problem.pop("$defs", {})
            schemas["ProblemDocument"] = problem
            components["securitySchemes"] = SCHEMES
            for path, operations in document["paths"].items():
                if path not in OPEN_TO_ALL:
                    for operation in operations.values():
                        operation["security"] = [{name: []} for name in SCHEMES]
        assert self.openapi_schema is not None
        return self.openapi_schema
