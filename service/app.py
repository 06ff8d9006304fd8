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

from data.reading.limits import WHOLE_FILE_FEATURES, Limits
from service.accounts.api import problems as account_problems
from service.accounts.api import session
from service.accounts.api.deps import admin_apart
from service.areas.api import areas as reporting_areas
from service.areas.api import files as area_files
from service.backup.metrics import tell_backups
from service.bulletins.api import bulletins, scores
from service.codes.api import codes
from service.coverage.api import borders, coverage
from service.database.engine import make_engine
from service.database.presence import session_name
from service.database.reserved_connection import ReservedLine
from service.districts.api import districts
from service.duties.api import routes as duties
from service.files.api import routes as files
from service.handins.api import handins
from service.imports.api import imports
from service.imports.api import rows as import_rows
from service.imports.queue import ImportQueue
from service.jobs.api import jobs
from service.layers.api import features as layer_features
from service.layers.api import layers
from service.layers.api import versions as layer_versions
from service.layers.queue import LayerQueue
from service.ledger.api import claims, ledger
from service.ledger.api import exports as ledger_exports
from service.maps.api import maps
from service.operations.api import server
from service.patrol.chiefs.api import routes as chiefs
from service.patrol.duty.api import routes as duty
from service.patrol.findings.api import routes as findings
from service.patrol.rules.db.rules import stored_patrol_rules
from service.patrol.tracks.api import routes as patrols
from service.patrol.zones.api import consistency_routes
from service.patrol.zones.api import routes as zones
from service.plans.api import files as target_files
from service.plans.api import plans, reported, targets
from service.plots.api import (
    acceptance,
    affected,
    areas,
    checks,
    comments,
    exports,
    many,
    plots,
    repair,
    reviews,
    split_merge,
    versions,
    worklist,
)
from service.plots.api import problems as plot_problems
from service.progress.api import progress
from service.registers.api import files as record_files
from service.registers.api import records, registers
from service.reviews.api import queue as review_queue
from service.reviews.api import samples
from service.run.coverage_worker import Bulk, Gauges, draining
from service.run.health_gauges import HealthGauges
from service.run.import_worker import importing
from service.run.layer_worker import importing_layers
from service.run.serving_address import service_address
from service.search.api import search
from service.settings import Settings
from service.tiles.api import basemaps, tiles
from service.tiles.db.async_pool import LoopPool
from service.units.api import posts as unit_posts
from service.units.api import units
from service.web import health_routes, metrics_routes, page_routes
from service.web.access_log import RequestLog
from service.web.admission import gate_of
from service.web.body_limits import BodyLimitMiddleware, SecurityHeadersMiddleware
from service.web.head import HeadAsGet
from service.web.language import LanguageMiddleware
from service.web.metrics import HttpMetrics
from service.web.openapi import DocumentedApp
from service.web.precompressed import OwnFiles, PrecompressedStaticFiles
from service.web.problem_json import add_handlers
from service.web.ranges import RangeMiddleware
from service.web.turns import BeginByTurns

STATIC = Path(__file__).with_name("static")
SPARE_THREADS = 32
SWITCH_INTERVAL_S = 0.001

# In the order in which addresses are tried: `/api/plots/check` before `/api/plots/{plot_id}`.
MODULES = (
    # First, as a map requests dozens of them at once.
    tiles,
    health_routes,
    metrics_routes,
    server,
    session,
    districts,
    layers,
    layer_versions,
    layer_features,
    affected,
    checks,
    repair,
    split_merge,
    many,  # before the numbers of plots
    plots,
    areas,
    versions,
    reviews,
    search,
    review_queue,
    samples,
    comments,
    acceptance,
    worklist,
    consistency_routes,  # before the numbers of zones
    zones,
    patrols,
    findings,
    duty,
    duties,
    files,
    chiefs,
    borders,
    coverage,
    progress,
    bulletins,
    scores,
    ledger,
    ledger_exports,
    claims,
    codes,
    units,
    imports,
    import_rows,
    unit_posts,
    record_files,
    registers,
    records,
    plans,
    target_files,
    targets,
    reported,
    area_files,  # before the codes of areas
    reporting_areas,
    basemaps,
    exports,
    jobs,
    handins,
    maps,
    page_routes,
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
        max_connections=max(1, settings.pool_size // 2),
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )
    # Health and metrics must be answered while all other connections are busy.
    readiness_line, metrics_line = ReservedLine(database), ReservedLine(database)
    # Background work has its own connection, without the requests' time limit.
    background = make_engine(
        database,
        pool_size=1,
        lock_timeout_s=settings.lock_timeout_s,
        session_name=session_name(service_address(settings)),
    )
    layer_background = make_engine(
        database,
        pool_size=1,
        lock_timeout_s=settings.lock_timeout_s,
        session_name=session_name(service_address(settings)),
    )
    layer_files = LayerQueue(
        Limits(
            file_bytes=settings.upload_limit_bytes,
            features=min(settings.import_limit, WHOLE_FILE_FEATURES),
        )
    )
    # One connection writes, the other tells how far it is.
    import_background = make_engine(
        database,
        pool_size=2,
        lock_timeout_s=settings.lock_timeout_s,
        session_name=session_name(service_address(settings)),
    )
    import_works = ImportQueue(settings)
    # Its own, as the others may be busy for minutes.
    telling = make_engine(database, pool_size=1, statement_timeout_s=5.0)
    registry = CollectorRegistry()
    gauges = Gauges(registry)
    health = HealthGauges(registry, settings)
    tell_backups(registry, settings.backup_dir)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # One thread for each slot, so that a request with a slot never waits for one, and spare
        # ones that read files and compress answers.
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens = settings.pool_size + SPARE_THREADS
        # The event loop shares the interpreter with all of them, and every request waits for the
        # loop.
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        health.watch({"requests": engine}, app.state.gate, threads)
        async with loop_pool, readiness_line, metrics_line:
            with (
                draining(background, gauges, Bulk(bulk, settings.coverage_bulk_cells)),
                importing_layers(layer_background, layer_files),
                importing(import_background, import_works, settings.import_days),
                health.telling(telling),
            ):
                yield
        for pool in (engine, background, layer_background, import_background, telling):
            pool.dispose()

    app = DocumentedApp(
        title="Luotu 落图",
        summary="造林绿化图斑落地上图：图斑、覆盖率、地图与上报文件。",
        version=version("luotu"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.other_code_lists = {"patrol_rule": stored_patrol_rules}
    app.state.layer_files = layer_files
    app.state.imports = import_works
    app.state.gate = gate_of(settings.pool_size)
    app.state.loop_pool = loop_pool
    app.state.readiness_line = readiness_line
    app.state.metrics_line = metrics_line
    add_handlers(app, account_problems.ERRORS, plot_problems.ERRORS)
    # First, as every page asks for some: an address is compared with all routes before its own.
    app.mount("/static", OwnFiles(directory=STATIC), name="static")
    app.mount("/assets", PrecompressedStaticFiles(page_routes.WORKSPACE / "assets"), name="assets")
    for module in MODULES:
        if module is metrics_routes:
            # `web` must not import `accounts`, so its one restricted route is guarded here.
            app.include_router(module.router, dependencies=[Depends(admin_apart)])
        else:
            # As they are: FastAPI makes the routes of an included router once more at the first
            # request, and looks for the one of each address twice, on the event loop.
            app.router.routes.extend(module.router.routes)

    app.state.metrics = registry
    app.add_middleware(RangeMiddleware)  # within the next: HEAD has no ranges
    app.add_middleware(HeadAsGet)
    app.add_middleware(
        BodyLimitMiddleware,
        body_limit_bytes=settings.body_limit_bytes,
        bodies_limit_bytes=settings.bodies_limit_bytes,
        body_seconds=settings.client_timeout_s,
    )
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(LanguageMiddleware)
    app.add_middleware(RequestLog, metrics=HttpMetrics(registry))
    app.add_middleware(BeginByTurns)
    return app
