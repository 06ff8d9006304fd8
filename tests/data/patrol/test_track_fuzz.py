"""Whatever stands in a file of tracks: it is read, told or refused in words, and nothing else."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from data.errors import FileRefused
from data.patrol.tracks import track_table
from data.reading.geojson_times import with_times
from data.reading.gpx import read_gpx
from data.reading.kml_tracks import read_kml_tracks
from data.reading.limits import Limits

LINE = LineString([(126.0, 43.8), (126.001, 43.8)])
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
GPX = "gpx trk trkseg trkpt time name rte rtept"
KML = "kml Placemark when Track coord coordinates LineString Data value SimpleData"
tags = st.sampled_from([*GPX.split(), *KML.split()])


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    """Elements of GPX and KML in any order, with any text."""
    tag = draw(tags)
    texts = st.sampled_from(["", "126,43.8 126,43.9", "126 43.8 1", "2026-07-01T08:00:00Z", "é"])
    inner = draw(st.lists(trees(depth + 1), max_size=3)) if depth < 4 else []
    return f'<{tag} lat="43.8" lon="126" name="x">{draw(texts)}{"".join(inner)}</{tag}>'


@given(anything, st.sampled_from(["LineString", "MultiLineString"]))
def test_positions_of_any_kind_pass_or_stay_as_they_are(coordinates: Any, kind: str) -> None:
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    assert with_times(feature)["type"] == "Feature"


@given(anything)
def test_times_of_any_kind_are_read_or_told(times: Any) -> None:
    frame = geopandas.GeoDataFrame(geometry=[LINE], crs=4490)
    frame["times"] = [times]
    table = track_table(frame, fields={})
    assert (table.frame["times"][0] is None) == bool(table.problems)


@settings(deadline=None)
@given(trees())
def test_elements_in_any_order_are_read_or_refused(tree: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "any.xml")
        file.write_text(tree, encoding="utf-8")
        for read in (read_gpx, read_kml_tracks):
            try:
                layer = read(file, None, Limits(vertices=100), Path(folder))
            except FileRefused:
                continue
            assert json.dumps([column.values for column in layer.columns])
            assert all(len(column.values) == len(list(layer.shapes)) for column in layer.columns)
