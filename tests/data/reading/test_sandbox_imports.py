"""What the ready process loads that every reader of an upload is forked from."""

import subprocess
import sys

# Each is memory that every reader shares and a start that is a tenth of a second later, and few
# files need one of them: those that do load it themselves.
UNNEEDED = {"pandas", "geopandas", "pyproj"}


def test_the_reading_process_loads_no_library_that_it_does_not_need() -> None:
    script = "import data.reading.sources, sys; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-I", "-c", script], check=True, capture_output=True, text=True
    )
    assert UNNEEDED & set(said.stdout.split()) == set()
