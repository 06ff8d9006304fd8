"""What the process that opens an upload loads: it starts anew for every file."""

import subprocess
import sys

# Each takes a tenth of a second and more, and none of them is needed to read a file.
UNNEEDED = {"pandas", "geopandas", "pyproj"}


def test_the_reading_process_loads_no_library_that_it_does_not_need() -> None:
    script = "import data.reading.sources, sys; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-I", "-c", script], check=True, capture_output=True, text=True
    )
    assert UNNEEDED & set(said.stdout.split()) == set()
