"""Routes: one thread from the body to the commit, and nothing left open after an error."""

import asyncio
import threading
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.engine import URL
from starlette import datastructures

from gis.messages import Message
from service.app import MODULES, create_app
from service.errors import Problem
from service.settings import Settings
from service.web import metrics_routes
from service.web.admission import Gate, Lane, gate_of, in_lane
from service.web.problem_json import add_handlers
from service.web.thread_route import ThreadRoute, completed, resources

seen: dict[str, int] = {}


def here(step: str) -> None:
    seen[step] = threading.get_ident()


class Transaction:
    """Tells how it ended."""

    def __enter__(self) -> None:
        here("begin")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        here("commit" if kind is None else "rollback")


async def transaction(request: Request) -> None:
    resources(request).enter_context(Transaction())


async def account(_: Annotated[None, Depends(transaction)]) -> str:
    here("account")
    return "wang"


router = APIRouter(route_class=ThreadRoute)


@router.post("/echo")
def echo(body: dict[str, Any], name: Annotated[str, Depends(account)]) -> dict[str, Any]:
    here("endpoint")
    if body.get("fail"):
        raise Problem(409, "conflict", Message("不", "no"))
    return {"who": name, **body}


@router.get("/loop")
async def on_loop() -> int:
    await asyncio.sleep(0)
    return threading.get_ident()


arrived: list[Request] = []


def upload(request: Any) -> Lane:
    arrived.append(request)
    return "upload"


@router.post("/file")
@in_lane(upload)
def file(file: UploadFile) -> int | None:
    return file.size


@pytest.fixture
def app() -> FastAPI:
    seen.clear()
    app = FastAPI()
    app.state.gate = gate_of(2)
    add_handlers(app)
    app.include_router(router)
    return app


def ask(app: FastAPI, method: str, path: str, body: str = "", kind: str = "json") -> httpx.Response:
    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://luotu") as client:
            kind_of_all = kind if "/" in kind else f"application/{kind}"
            headers = {"Content-Type": kind_of_all} if body else {}
            return await client.request(method, path, content=body, headers=headers)

    return asyncio.run(answered())


def test_dependencies_endpoint_and_commit_share_a_thread(app: FastAPI) -> None:
    assert ask(app, "POST", "/echo", '{"a": 1}').json() == {"who": "wang", "a": 1}
    assert list(seen) == ["begin", "account", "endpoint", "commit"]
    assert len(set(seen.values())) == 1
    assert ask(app, "GET", "/loop").json() not in seen.values()


@pytest.mark.parametrize(("body", "status"), [('{"fail": true}', 409), ("[1]", 422)])
def test_after_a_refusal_everything_is_rolled_back(app: FastAPI, body: str, status: int) -> None:
    answer = ask(app, "POST", "/echo", body)
    assert answer.status_code == status
    assert "rollback" in seen
    assert "commit" not in seen


def test_a_json_body_that_means_two_things_opens_nothing(app: FastAPI) -> None:
    answer = ask(app, "POST", "/echo", '{"a": 1, "a": 2}', "geo+json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_json")
    assert seen == {}


@pytest.mark.parametrize(("slots", "status"), [(2, 200), (0, 503)])
def test_the_file_of_an_upload_is_closed_whether_it_was_admitted_or_not(
    app: FastAPI, slots: int, status: int
) -> None:
    app.state.gate = Gate(slots, {"upload": 1}, max_wait_s=0.01)
    arrived.clear()
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"'
    answer = ask(
        app, "POST", "/file", f"{head}\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"
    )
    assert answer.status_code == status
    form = arrived[0]._form
    assert form is not None
    sent = form["file"]
    assert isinstance(sent, datastructures.UploadFile)
    assert sent.file.closed


def test_what_waits_in_the_thread_of_a_request_is_told() -> None:
    with pytest.raises(RuntimeError, match="waits for an event loop"):
        completed(asyncio.sleep(0))


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    for inner in dependant.dependencies:
        yield inner
        yield from dependants(inner)


def test_every_route_is_made_once_and_looked_for_once() -> None:
    # FastAPI makes those of an included router again at the first request, on the event loop.
    served = create_app(Settings(), URL.create("postgresql+psycopg")).routes
    for module in MODULES:
        if module is not metrics_routes:
            assert all(route in served for route in module.router.routes), module.__name__


def test_every_route_is_served_so_and_no_dependency_takes_a_thread() -> None:
    routes = [route for module in MODULES for route in module.router.routes]
    assert len(routes) > 50
    for route in routes:
        assert isinstance(route, APIRoute)
        assert isinstance(route, ThreadRoute), route.path
        for inner in dependants(route.dependant):
            assert iscoroutinefunction(inner.call), (route.path, inner.call)
