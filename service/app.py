"""Puts the rooms together; decides nothing."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import anyio.to_thread
from fastapi import Depends, FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy.engine import URL

from service.admission import admitted, gate_of
from service.api import (
    acceptance,
    basemaps,
    checks,
    chiefs,
    codes,
    coverage,
    districts,
    duty,
    exports,
    findings,
    health,
    maps,
    mending,
    metrics,
    patrols,
    plots,
    reshaping,
    reviews,
    session,
    start,
    tiles,
    versions,
    work,
    zone_checks,
    zones,
)
from service.db.engine import make_engine
from service.db.loop_pool import LoopPool
from service.db.presence import session_name
from service.db.reserved_line import ReservedLine
from service.draining import Bulk, Gauges, draining
from service.guard import Guard
from service.head import HeadAsGet
from service.logs import RequestLog
from service.measuring import Figures
from service.openapi import RESPONSES, DocumentedApp
from service.packed import OwnFiles, PackedFiles
from service.problems import add_handlers
from service.serving_address import service_address
from service.settings import Settings
from service.strict import StrictJson

STATIC = Path(__file__).with_name("static")
SPARE_THREADS = 32
SWITCH_INTERVAL_S = 0.001

# In the order in which addresses are tried: `/api/plots/check` before `/api/plots/{plot_id}`.
MODULES = (
    # A map asks for dozens of them at once.
    tiles,
    health,
    metrics,
    session,
    districts,
    checks,
    mending,
    reshaping,
    plots,
    versions,
    reviews,
    acceptance,
    work,
    zone_checks,  # before the numbers of zones
    zones,
    patrols,
    findings,
    duty,
    chiefs,
    coverage,
    codes,
    basemaps,
    exports,
    maps,
    start,
)


def create_app(settings: Settings, database: URL, *, bulk: Sequence[str] = ()) -> FastAPI:
    """The service over a migrated database, as its plain role.

    ``database`` is the address of the plain role; nothing else here reads settings from outside.
    ``bulk`` is a command that computes coverage as the owner, for when many cells are marked.
    """
    engine = make_engine(
        database,
        pool_size=settings.pool_size,
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )

    loop_pool = LoopPool(
        database,
        most=max(1, settings.pool_size // 2),
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )
    # Whether the service lives must be told when all other connections are busy.
    readiness_line, metrics_line = ReservedLine(database), ReservedLine(database)
    # Apart from the requests' connections and their time limit.
    background = make_engine(
        database,
        pool_size=1,
        lock_timeout_s=settings.lock_timeout_s,
        session_name=session_name(service_address(settings)),
    )
    registry = CollectorRegistry()
    gauges = Gauges(registry)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Whoever has a slot never waits for a thread: beyond one for each slot there are those
        # that read files and pack answers.
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens = settings.pool_size + SPARE_THREADS
        # The event loop takes turns with all of them, and whoever asks waits for it.
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        async with loop_pool, readiness_line, metrics_line:
            with draining(background, gauges, Bulk(bulk, settings.coverage_bulk_cells)):
                yield
        engine.dispose()
        background.dispose()

    app = DocumentedApp(
        title="Luotu 落图",
        summary="造林绿化图斑落地上图：图斑、覆盖率、地图与上报文件。",
        version=version("luotu"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=RESPONSES,
        # "function": the slot is given back before the answer is sent, to a reader who may be slow.
        dependencies=[Depends(admitted, scope="function")],
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.gate = gate_of(settings.pool_size)
    app.state.loop_pool = loop_pool
    app.state.readiness_line = readiness_line
    app.state.metrics_line = metrics_line
    add_handlers(app)
    for module in MODULES:
        app.include_router(module.router)
    app.mount("/static", OwnFiles(directory=STATIC), name="static")
    app.mount("/assets", PackedFiles(start.WORKSPACE / "assets"), name="assets")

    app.state.metrics = registry
    app.add_middleware(HeadAsGet)
    app.add_middleware(StrictJson)
    app.add_middleware(
        Guard,
        body_limit_bytes=settings.body_limit_bytes,
        body_seconds=settings.client_timeout_s,
    )
    app.add_middleware(RequestLog, figures=Figures(registry))
    return app
