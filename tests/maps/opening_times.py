"""How long 100 000 plots take to open, beside folium's plain GeoJson of the same plots.

Run by hand: ``python -m tests.maps.opening_times [COUNT]``. Both pages are opened from a file in
Chromium, five times each in turn, with every host refused; folium's ten CDN files are put into
its page first, or it would stay blank. "Open" is when the first picture with the plots is drawn.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import folium
import shapely
from geopandas import GeoDataFrame
from playwright.sync_api import Browser, sync_playwright

from maps import afforestation_map, assets
from maps.caption import Caption
from tests.chromium import CHROMIUM, QUIET
from tests.maps.conftest import invented_plots

RUNS = 5
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def ours(plots: GeoDataFrame) -> str:
    """The map of afforestation."""
    caption = Caption(title="十万图斑", source="随机生成", invented=True)
    return afforestation_map.build(plots.iloc[:0], plots, caption=caption, show_review=True).html


def plain_folium(plots: GeoDataFrame) -> str:
    """folium's GeoJson, drawn on canvas as folium advises for many shapes; Leaflet inlined."""
    west, south, east, north = plots.total_bounds
    drawn = folium.Map(tiles=None, prefer_canvas=True)
    folium.GeoJson(plots.to_json(), tooltip=folium.GeoJsonTooltip(["name"])).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    inlined = "".join(f"<style>{style}</style>" for style in assets.styles()[:1])
    inlined += f"<script>{assets.scripts()[0]}</script>"
    html: str = drawn.get_root().render()
    return html.replace("<head>", "<head>" + inlined, 1)


def opening_s(browser: Browser, file: Path) -> float:
    """Seconds from asking for the file to its first whole picture."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.route(lambda url: not url.startswith("file://"), lambda route: route.abort())
    page.set_default_timeout(300_000)
    start = perf_counter()
    page.goto(file.as_uri(), wait_until="load")
    page.evaluate(DRAWN)
    taken = perf_counter() - start
    page.close()
    return taken


def main(count: int) -> None:
    """Print sizes, build times and medians."""
    square = GeoDataFrame(geometry=[shapely.box(125, 43.5, 127, 44.5)], crs="OGC:CRS84")
    plots = invented_plots(square, count)
    makers: dict[str, Callable[[GeoDataFrame], str]] = {"luotu": ours, "folium": plain_folium}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        files = {name: Path(folder, f"{name}.html") for name in makers}
        for name, make in makers.items():
            start = perf_counter()
            files[name].write_text(make(plots), encoding="utf-8")
            size = files[name].stat().st_size / 1e6
            print(f"{name}: {count} plots, {size:.1f} MB, built in {perf_counter() - start:.1f} s")
        times = {name: list[float]() for name in makers}
        for _ in range(RUNS):
            for name, file in files.items():
                times[name].append(opening_s(browser, file))
        for name, taken in times.items():
            shown = ", ".join(f"{seconds:.2f}" for seconds in taken)
            print(f"{name}: opens in {median(taken):.2f} s, median of {RUNS} ({shown})")
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
