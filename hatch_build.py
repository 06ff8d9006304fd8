"""What a wheel holds beside Python: the browser parts that npm fetched, and whose they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Of packages in a room's node_modules, the files that pages show; the wheel has them in `parts/`.
PARTS: Final = {
    "maps": (
        "leaflet/dist/leaflet.js",
        "leaflet/dist/leaflet.css",
        "leaflet/dist/images/layers.png",
        "leaflet/dist/images/layers-2x.png",
        "leaflet/dist/images/marker-icon.png",
        "leaflet.fullscreen/dist/Control.FullScreen.umd.js",
        "leaflet.fullscreen/dist/Control.FullScreen.css",
    ),
    "service": (
        "swagger-ui-dist/swagger-ui.css",
        "swagger-ui-dist/swagger-ui-bundle.js",
    ),
}
# What `make setup` builds; a wheel without it would serve no page.
BUILT: Final = (
    "maps/workspace/dist/index.html",
    "maps/pages/dist/pages.js",
    "maps/pages/dist/pages.css",
)
NOTICES: Final = "service/static/third-party.txt"
# Names of files that say under which terms a package is given.
_TERMS: Final = ("licen", "notice", "copying")
_MIT: Final = """Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE."""


class Package(NamedTuple):
    """A package of npm, where it lies, and what it says of itself."""

    folder: Path
    about: dict[str, Any]

    @property
    def title(self) -> str:
        """Name, version and licence, as one line."""
        about = self.about
        return f"{about['name']} {about['version']} ({about.get('license', 'no licence named')})"


class BrowserParts(BuildHookInterface[BuilderConfig]):
    """Puts browser parts and their notices into a wheel; an editable install uses the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add files to the wheel; FileNotFoundError where `make setup` did not run."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        parts = {
            f"{room}/node_modules/{part}": f"{room}/parts/{part}"
            for room, files in PARTS.items()
            for part in files
        }
        missing = [name for name in (*BUILT, *parts) if not (root / name).is_file()]
        if missing:
            raise FileNotFoundError(f"run `make setup` first: {', '.join(missing)}")
        notices = Path(self.directory) / "third-party.txt"
        notices.parent.mkdir(parents=True, exist_ok=True)
        notices.write_text(notices_of(root), "utf-8")
        build_data["force_include"].update(parts)
        build_data["force_include"][str(notices)] = NOTICES


def notices_of(root: Path) -> str:
    """The terms of every package that a page may hold, the packages in the order of their names.

    These are the packages that `package.json` of either room asks for, and all that those need in
    turn: more than the bundles hold, never fewer.
    """
    packages = {one.title: one for room in PARTS for one in packages_of(root / room)}
    line = "=" * 78
    texts = [
        f"{line}\n{title}\n{line}\n\n{terms_of(packages[title], root)}\n"
        for title in sorted(packages, key=str.casefold)
    ]
    return "\n".join([_heading(list(packages)), *texts])


def _heading(titles: list[str]) -> str:
    return (
        "Luotu 落图 is given under the Apache License 2.0.\n"
        f"Its pages hold these {len(titles)} packages of others, under the terms below.\n"
    )


def packages_of(room: Path) -> Iterator[Package]:
    """Packages that a room's pages are made of, each folder once."""
    wanted = [
        (room, name) for name in json.loads((room / "package.json").read_bytes())["dependencies"]
    ]
    seen: set[Path] = set()
    while wanted:
        above, name = wanted.pop()
        folder = _found(above, name, room)
        if folder in seen:
            continue
        seen.add(folder)
        about = json.loads((folder / "package.json").read_bytes())
        yield Package(folder, about)
        wanted += [(folder, needed) for needed in about.get("dependencies", ())]


def _found(above: Path, name: str, room: Path) -> Path:
    """Where Node finds a package that ``above`` asks for: beside it, or further up."""
    for place in (above, *above.parents):
        folder = place / "node_modules" / name
        if folder.is_dir():
            return folder
        if place == room:
            break
    raise FileNotFoundError(f"run `make setup` first: {name} is not in {room}/node_modules")


def terms_of(package: Package, root: Path) -> str:
    """The licence files of a package; where it has none, the text of the licence that it names."""
    texts = [
        path.read_text("utf-8").strip()
        for path in sorted(package.folder.iterdir())
        if path.is_file() and any(word in path.name.lower() for word in _TERMS)
    ]
    if texts:
        return "\n\n".join(texts) + "\n"
    author = package.about.get("author", "its authors")
    holder = author.get("name") if isinstance(author, dict) else author
    licence = package.about.get("license")
    if licence == "MIT":
        return f"Copyright (c) {holder}\n\n{_MIT}\n"
    if licence == "Apache-2.0":
        return f"Copyright (c) {holder}\n\n{(root / 'LICENSE').read_text('utf-8').strip()}\n"
    raise ValueError(f"{package.title} has no text of its licence: add one here")
