"""Vector tiles of plots out of PostGIS (ST_AsMVT), and the tag by which a client knows them again.

Close up a tile shows plots as they are (layer ``plots``), far out squares of degrees with counts
(layer ``plot_squares``, from ``plot_square``, which triggers keep). Every tile with something in it
bears a layer ``tile``: one point, which says how many plots there are and how many of them are not
drawn.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import ceil, floor
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, TextClause, text

from service.accounts.db.accounts import Account
from service.plots.db.plots import PlotFilter
from service.tiles.db.tile_extent import AROUND, EXTENT, NOTE, Ground, drawn_box, drawn_plot, places

STAGES: Final = ("planned", "planted", "accepted", "existing", "cancelled")
# Squares of plot_square: their sizes as halvings of the world, and up to which scale each serves.
# Those of middle size are stored as sums only.
COARSE: Final = 11
MIDDLE: Final = 13
FINE: Final = 15
COARSE_TO: Final = COARSE - 4
MIDDLE_TO: Final = COARSE_TO + 1
BLOCK: Final = 5  # a block is 2**5 squares to a side
# Squares are this many halvings finer than the tile: 32 to a side.
SQUARES: Final = 5


class PlotTile(NamedTuple):
    """A tile of plots, and how many there are."""

    data: bytes | None
    matched: int


# Columns by the field of the filter.
_FILTERS: Final = {
    "counties": "district",
    "stages": "stage",
    "reviews": "review",
    "kinds": "kind",
    "programmes": "programme",
    "themes": "theme",
    "work_types": "work_type",
    "units": "unit",
}
# Those that plot_square lacks: by them squares are counted plot by plot.
_UNCOUNTED: Final = frozenset({"themes", "work_types", "units", "own_units"})


def given(account: Account | None, filters: PlotFilter) -> Iterator[tuple[str, Any]]:
    """Parameters of the filters that are set.

    Without ``account`` the statement determines the scope itself.
    """
    if account is not None and account.counties is not None:
        if account.units:
            yield "scope_or_unit", list(account.counties)
            yield "own_units", list(account.units)
        else:
            yield "scope", list(account.counties)
    for name in _FILTERS:
        if (values := getattr(filters, name)) is not None:
            yield name, list(values)
    if filters.year is not None:
        yield "year", filters.year


def _where(names: tuple[str, ...], table: str) -> str:
    """The conditions of these parameters. The scope is in every query; row security is the second
    check."""
    words = {
        "scope": f"{table}.district = ANY((SELECT CAST(:scope AS text[]))::text[])",
        "scope_or_unit": f"({table}.district = ANY((SELECT CAST(:scope_or_unit AS text[]))::text[])"
        f" OR {table}.unit = ANY((SELECT CAST(:own_units AS text[]))::text[]))",
        "own_units": "true",
        # For many rows: with "IS TRUE" the planner probes a hash table and does not join.
        "scope of many": f"({table}.district IN (SELECT unnest(CAST(:scope AS text[])))) IS TRUE",
        "year": f"{table}.year = (SELECT CAST(:year AS integer))",
        "signed": f"(who.scope = '{{}}' OR {table}.district = ANY(who.counties))",
        "news": "NOT told.known",
        "drafts": "who.role <> 'viewer'",
        **{
            name: f"{table}.{column} = ANY((SELECT CAST(:{name} AS text[]))::text[])"
            for name, column in _FILTERS.items()
        },
    }
    return "".join(f" AND {words[name]}" for name in names)


def approved_only(account: Account, filters: PlotFilter) -> bool:
    """Whether approved versions are wanted, not the newest."""
    return filters.version == "approved" or account.role == "viewer"


# Changes are counted before the plots are read: a tag may be older than its content, never newer.
_CHANGES = """
SELECT coalesce(sum(c.changes), 0) FROM plot_change c
WHERE c.block BETWEEN :first AND :last AND c.block % 512 BETWEEN :low AND :high{where}
"""


def changes_statement(names: tuple[str, ...]) -> TextClause:
    """How often the ground of a tile changed, as far as the account sees it."""
    return _text(changes_in(tuple(name for name in names if name in ("scope", "counties"))))


def changes_in(names: tuple[str, ...]) -> str:
    """The same as SQL."""
    return _CHANGES.format(where=_where(names, "c"))


@lru_cache(maxsize=512)
def _text(statement: str) -> TextClause:
    return text(statement)


def blocks(ground: Ground) -> dict[str, int]:
    """The blocks that a tile touches, its margin included."""
    margin = ground.margin
    steps: int = 2 ** (FINE - BLOCK)

    def step(degrees: float, end: int) -> int:
        return min(end - 1, max(0, floor(degrees * steps / 360)))

    west, east = (step(x + 180, steps) for x in (ground.west - margin, ground.east + margin))
    south, north = (
        step(y + 90, steps // 2) for y in (ground.south - margin, ground.north + margin)
    )
    return {
        "first": west * 512 + south,
        "last": east * 512 + north,
        "low": south,
        "high": north,
    }


def count_changes(
    connection: Connection, account: Account, filters: PlotFilter, ground: Ground
) -> int:
    """Run :func:`changes_statement`."""
    narrow = dict(given(account, filters))
    count: int = connection.execute(
        changes_statement(tuple(narrow)), {**blocks(ground), **narrow}
    ).scalar_one()
    return int(count)


_COLUMNS = (
    "v.plot_id, v.stage, v.kind, v.year, v.review, v.district, v.plot_no, v.area_m2, v.version,"
    " v.geom"
)
# One branch per slot, so that each partial index can serve. Values stand in subselects: hidden from
# the planner, they cause no new plan, and planning takes as long as drawing.
_APPROVED = f"""
    SELECT {_COLUMNS} FROM plot_version v
    WHERE v.slot = 'approved' AND v.geom && (SELECT {AROUND}){{where}}
"""  # noqa: S608 - constants of ours
_NEWEST = f"""
    SELECT {_COLUMNS} FROM plot_version v
    WHERE v.slot = 'working' AND v.geom && (SELECT {AROUND}){{where}}
    UNION ALL
    SELECT {_COLUMNS} FROM plot_version v
    WHERE v.slot = 'approved' AND v.geom && (SELECT {AROUND}){{where}} AND NOT EXISTS (
        SELECT FROM plot_version w WHERE w.plot_id = v.plot_id AND w.slot = 'working')
"""  # noqa: S608 - constants of ours
# Plots that are too many to be shown are not drawn.
_MOST = {
    True: ":most",
    False: "CASE WHEN (SELECT count(*) FROM found) > :most THEN 0 ELSE :most END",
}
# Read once: starting one more subquery takes as long as drawing a few plots.
_PLOTS = """
WITH found AS MATERIALIZED ({rows})
SELECT matched, CASE WHEN matched > 0 THEN coalesce(body, '') || (SELECT {note}) END AS data
FROM (
    SELECT (SELECT count(*) FROM found) AS matched, count(one.geom) AS drawn,
           ST_AsMVT(one, 'plots', {extent}, 'geom', 'fid') FILTER (WHERE one.geom IS NOT NULL)
               AS body
    FROM (
        SELECT v.plot_id AS fid, v.plot_id AS id, v.stage, v.kind, k.green_class, v.year, v.review,
               v.district, v.plot_no, v.area_m2, v.version, {drawn} AS geom
        FROM (SELECT * FROM found ORDER BY area_m2 DESC, plot_id LIMIT {most}) v
        JOIN kind k ON k.code = v.kind
        OFFSET 0
    ) one
) told
"""


def plots_statement(
    names: tuple[str, ...], *, approved: bool, mercator: bool, some: bool = True
) -> TextClause:
    """Plots one by one; of more than a tile holds the largest, or with ``some`` off none."""
    return _text(plots_in(names, approved=approved, mercator=mercator, some=some))


def plots_in(names: tuple[str, ...], *, approved: bool, mercator: bool, some: bool) -> str:
    """The same as SQL."""
    rows = (_APPROVED if approved else _NEWEST).format(where=_where(names, "v"))
    said = "matched, matched - drawn AS left_out, 'plots' AS detail"
    return _PLOTS.format(
        rows=rows,
        drawn=drawn_plot("v", mercator=mercator),
        most=_MOST[some],
        extent=EXTENT,
        note=NOTE.format(said=said),
    )


def plots_tile(
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    ground: Ground,
    *,
    max_plots: int,
    some: bool = True,
) -> PlotTile:
    """Run :func:`plots_statement`."""
    narrow = dict(given(account, filters))
    statement = plots_statement(
        tuple(narrow), approved=approved_only(account, filters), mercator=ground.mercator, some=some
    )
    row = connection.execute(statement, {**places(ground), **narrow, "most": max_plots}).one()
    return PlotTile(None if row.data is None else bytes(row.data), row.matched)


_OF_STAGES = ", ".join(
    f"nullif(sum(plots) FILTER (WHERE stage = '{stage}'), 0)::bigint AS {stage}" for stage in STAGES
)
# Grouped by stage first: adding seven sums row by row takes longer than finding the rows.
_SQUARES = """
WITH part AS (
    SELECT ((s.square >> 14) >> :up) * 16384 + ((s.square & 16383) >> :up) AS xy, s.stage,
           sum(s.plots)::bigint AS plots, sum(s.area_cm2)::bigint AS area_cm2
    FROM {table} s
    WHERE s.square >> 14 BETWEEN :x0 AND :x1 AND s.square & 16383 BETWEEN :y0 AND :y1{where}
    GROUP BY 1, 2
), counted AS MATERIALIZED (
    SELECT xy >> 14 AS x, xy & 16383 AS y, sum(plots) AS count,
           sum(area_cm2)::double precision / 10000 AS area_m2, {of_stages}
    FROM part GROUP BY xy HAVING sum(plots) > 0
), one AS MATERIALIZED (
    SELECT x::bigint << 32 | y AS fid, count::bigint, area_m2, {stages}, {drawn} AS geom
    FROM counted
), told AS (
    SELECT coalesce(sum(count), 0)::bigint AS matched FROM counted
)
SELECT matched, CASE WHEN matched > 0 THEN
    (SELECT ST_AsMVT(one, 'plot_squares', {extent}, 'geom', 'fid') FROM one
     WHERE geom IS NOT NULL)
    || (SELECT {note}) END AS data
FROM told
"""

# The same columns out of the plots themselves.
_EACH_PLOT = """(
    SELECT square_step((ST_XMin(v.geom) + ST_XMax(v.geom)) / 2 + 180, {sides}) * 16384
           + square_step((ST_YMin(v.geom) + ST_YMax(v.geom)) / 2 + 90, {sides}) AS square,
           v.stage, 1 AS plots, round(v.area_m2 * 10000)::bigint AS area_cm2
    FROM ({rows}) v
)"""


# The filters that plot_square_sum supports.
_SUMMED: Final = frozenset({"scope", "counties", "stages"})


def sums_serve(names: Iterable[str], scale: int) -> bool:
    """Whether plot_square_sum has squares for a scale, and knows the filters."""
    return scale <= MIDDLE_TO and _SUMMED.issuperset(names)


# Blocks are looked up one by one; when they are most of the world, in one scan.
_BLOCKS: Final = {
    False: "s.block = ANY(CAST(:blocks AS integer[]))",
    True: "s.block BETWEEN :first AND :last",
}
FEW_BLOCKS: Final = 100


def squares_statement(
    names: tuple[str, ...], *, mercator: bool, summed: bool = False, many: bool = False
) -> TextClause:
    """Squares of degrees with what lies in them: a plot is counted where its middle is."""
    shared = tuple("scope of many" if name == "scope" else name for name in names)
    where = f" AND {_BLOCKS[many]} AND s.shown = ANY(CAST(:shown AS text[])){_where(shared, 's')}"
    table = "plot_square_sum" if summed else "plot_square"
    return _squares(table, where, mercator=mercator)


def squares_of_plots_statement(
    names: tuple[str, ...], *, approved: bool, mercator: bool
) -> TextClause:
    """The same, counted plot by plot: for filters that plot_square lacks."""
    rows = (_APPROVED if approved else _NEWEST).format(where=_where(names, "v"))
    return _squares(_EACH_PLOT.format(sides=2**FINE, rows=rows), "", mercator=mercator)


def _squares(table: str, where: str, *, mercator: bool) -> TextClause:
    return _text(
        _SQUARES.format(
            table=table,
            of_stages=_OF_STAGES,
            stages=", ".join(STAGES),
            where=where,
            drawn=drawn_box(
                "x * :side - 180",
                "y * :side - 90",
                "(x + 1) * :side - 180",
                "(y + 1) * :side - 90",
                mercator=mercator,
            ),
            extent=EXTENT,
            note=NOTE.format(said="matched, 0 AS left_out, 'squares' AS detail"),
        )
    )


def squares_tile(
    connection: Connection, account: Account, filters: PlotFilter, ground: Ground, scale: int
) -> PlotTile:
    """Run :func:`squares_statement`; a square that two tiles share is in both with all it has."""
    narrow = dict(given(account, filters))
    approved = approved_only(account, filters)
    if not _UNCOUNTED.isdisjoint(narrow):
        row = connection.execute(
            squares_of_plots_statement(tuple(narrow), approved=approved, mercator=ground.mercator),
            {**places(ground), **narrow, **_window(ground, scale, FINE)},
        ).one()
        return PlotTile(None if row.data is None else bytes(row.data), row.matched)
    summed = sums_serve(narrow, scale)
    # The planner would assume one square per row, and sort them all.
    connection.execute(text("SET LOCAL enable_sort = off"))
    squares = _squares_of(ground, scale, summed=summed)
    many = len(squares["blocks"]) > FEW_BLOCKS
    row = connection.execute(
        squares_statement(tuple(narrow), mercator=ground.mercator, summed=summed, many=many),
        {
            **places(ground),
            **narrow,
            **squares,
            "shown": ["approved", "both"] if approved else ["working", "both"],
        },
    ).one()
    return PlotTile(None if row.data is None else bytes(row.data), row.matched)


# Where the numbers of blocks begin that run downwards.
_FIRST: Final = {COARSE: -1, MIDDLE: -100_000}


def _squares_of(ground: Ground, scale: int, *, summed: bool) -> dict[str, Any]:
    """Which rows of plot_square a tile needs, and how many of them make one of its squares."""
    stored = COARSE if scale <= COARSE_TO else MIDDLE if summed else FINE
    window = _window(ground, scale, stored)
    tall = 2 ** (stored - BLOCK - 1)
    numbers = [
        column * tall + row
        for column in range(window["x0"] >> BLOCK, (window["x1"] >> BLOCK) + 1)
        for row in range(window["y0"] >> BLOCK, (window["y1"] >> BLOCK) + 1)
    ]
    blocks = numbers if stored == FINE else [_FIRST[stored] - block for block in numbers]
    return {"blocks": blocks, "first": min(blocks), "last": max(blocks), **window}


def _window(ground: Ground, scale: int, stored: int) -> dict[str, Any]:
    """The squares of a size that a tile shows, and how many of them make one of its own."""
    halvings = min(scale + SQUARES, stored)
    up, side = stored - halvings, 360 / 2**halvings
    x0, x1 = (floor((ground.west + 180) / side) << up, ceil((ground.east + 180) / side) << up)
    y0, y1 = (floor((ground.south + 90) / side) << up, ceil((ground.north + 90) / side) << up)
    return {"up": up, "side": side, "x0": x0, "x1": x1 - 1, "y0": y0, "y1": y1 - 1}
