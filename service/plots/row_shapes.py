"""What is said of each row of a file by itself: its shape, its size and its districts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gis.authalic import SHORT_DEG
from gis.measure import areas_m2
from gis.stored_shapes import StoredShapes
from gis.verdicts import check_many
from service.accounts.db.accounts import Account
from service.plots.db.shares import Share
from service.plots.kind_rules import KindRule, wrong_kind_size
from service.plots.validate import Reported, outside_districts
from service.settings import Settings

__all__ = ["RowShapes"]

# Borders are met when so little is left: shares of counties are ratios of floats.
_WHOLE: Final = 1 - 1e-9
# Every vertex is a dozen numbers for a moment.
_AT_ONCE: Final = 2_000


@dataclass
class RowShapes:
    """Looks at rows without the database, so that another thread may ask it meanwhile."""

    account: Account
    kinds: Mapping[str, KindRule]
    settings: Settings
    areas: list[float] = field(default_factory=list)
    """Of the rows that were looked at, in their order; m² as PostGIS measures them."""

    def look(
        self,
        shapes: StoredShapes,
        values: Sequence[Mapping[str, Any]],
        shares: Sequence[Sequence[Share]],
        numbers: Sequence[int],
    ) -> list[tuple[int, Reported]]:
        """Verdicts on some rows: shape, size, declared area, districts, and bounds of the kind.

        Parameters
        ----------
        shapes, values, shares
            Of all rows of the file; valid polygons in degrees of CGCS2000 where they are looked at.
        numbers
            Rows (from 0) that are looked at.
        """
        verdicts: list[tuple[int, Reported]] = []
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            verdicts += self._look_at(
                shapes[some], [values[n] for n in some], [shares[n] for n in some], some
            )
        return verdicts

    def _look_at(
        self,
        shapes: NDArray[np.object_],
        values: Sequence[Mapping[str, Any]],
        shares: Sequence[Sequence[Share]],
        numbers: Sequence[int],
    ) -> Iterator[tuple[int, Reported]]:
        stated = [row.get("declared_m2") for row in values]
        declared = np.array([np.nan if m2 is None else m2 for m2 in stated], dtype=np.float64)
        areas = areas_m2(shapes, checked=True, longest_deg=SHORT_DEG)
        for at, verdict in check_many(shapes, declared_m2=declared, measured_m2=areas):
            yield numbers[at], Reported(verdict)
        sizes = areas.tolist()
        self.areas += sizes
        for n, row, shape, area, of_row in zip(numbers, values, shapes, sizes, shares, strict=True):
            whole = len(of_row) == 1 and of_row[0].share >= _WHOLE
            if not (whole and self.account.covers(of_row[0].county)):
                for verdict in outside_districts(
                    self.account, shape, area, list(of_row), self.settings
                ):
                    yield n, Reported(verdict)
            for verdict in wrong_kind_size(self.kinds, row.get("kind"), shape, area):
                yield n, Reported(verdict)
