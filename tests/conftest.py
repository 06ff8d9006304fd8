"""What all rooms' tests share: the folder of real files, and how hard hypothesis tries."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.chromium import ALONE, BRIEF, CHROMIUM, QUIET, TOGETHER, Driver
from tests.common_folder import COMMON, fresh_folder

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"

# The command line speaks the language of the terminal: in this locale both, on any machine.
os.environ["LC_ALL"] = "C.UTF-8"

settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

# Workers take file after file in this order: with the longest last one would wait for the other.
LONGEST = (
    "tests/service/run/test_run.py",
    "tests/service/test_fuzz.py",
    "tests/service/accounts/test_scope_walk.py",
    "tests/service/workspace/test_drawing.py",
    "tests/service/lake/test_coverage.py",
    "tests/service/plots/test_bounded.py",
    "tests/service/cli/test_cli.py",
    "tests/service/workspace/",
    "tests/service/database/test_outside_database.py",
    "tests/notebooks/",
    # Alphabetically the last ones: begun late, each would be waited for.
    "tests/service/web/test_query_words.py",
    "tests/service/plots/test_two_editors.py",
    "tests/service/database/test_carry_over.py",
    "tests/test_wheel.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; within a file nothing changes its place."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    starts = (n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start))
    return next(starts, len(LONGEST))


class ModulesWithExamples:
    """Collects no examples from modules that have none: of six modules that is five."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Looking for examples imports a module, and turns over all that it holds."""
        found = yield
        if file_path.suffix == ".py" and ">>> " not in file_path.read_text("utf-8"):
            found = [one for one in found if not isinstance(one, DoctestModule)]
        return found


def pytest_configure(config: pytest.Config) -> None:
    """Register what holds for the folders of the product, too; make the folder of all workers."""
    config.pluginmanager.register(ModulesWithExamples())
    if COMMON not in os.environ:
        # Workers are children of this process, and have its environment.
        folder = os.environ[COMMON] = str(fresh_folder())

        def cleared() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            del os.environ[COMMON]

        config.add_cleanup(cleared)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Take modules and tests out of what the garbage collector walks through again and again.

    A drawing of a hundred thousand vertices is read in two thirds of the time without them, and
    they are imported in five sixths of it while nothing looks for garbage, of which there is none.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long form of the fuzzing is asked for by its length."""
    parser.addoption(
        "--fuzz-minutes", default="20", help="minutes of `make fuzz`, all roles together"
    )


@pytest.fixture(scope="session")
def real() -> Path:
    """Files that nobody here wrote; they stand beside the project, never in it."""
    if not REAL.is_dir():
        pytest.skip("the real files of ../shared/real are not beside this checkout")
    return REAL


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """Playwright of this worker."""
    driver = Driver()
    yield driver
    driver.stop()


@pytest.fixture(scope="session")
def chromium(driver: Driver) -> Iterator[Browser]:
    """Debian's Chromium, which all files share; :func:`browser` gives it to a test."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium fonts-noto-cjk")
    with driver.awake() as playwright:
        options = [*QUIET, ALONE, TOGETHER, BRIEF]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
    yield running
    with driver.awake():
        running.close()


@pytest.fixture
def browser(chromium: Browser, driver: Driver) -> Iterator[Browser]:
    """Chromium for the time of one test."""
    with driver.awake():
        yield chromium
