"""What all rooms' tests share: the folder of real files, and how hard hypothesis tries."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"

settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


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
