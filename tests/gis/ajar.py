"""Cells of two neighbours whose borders were cut apart, and a plot across them.

Their union has a hole narrower than a double can tell: GEOS takes what the plot and the union have
in common for nothing, and what the union leaves of the plot for all of it.
"""

import numpy as np
import shapely

CELLS = np.array(
    [
        shapely.from_wkt(
            "POLYGON ((108.004066 29.317636, 107.991396 29.290116, 107.994712 29.280884, "
            "107.99249 29.267618, 108.006672 29.249288, "
            "108.00538072610097 29.239895999999998, 107.917508 29.239895999999998, "
            "107.917508 29.345974, 107.977572 29.345974, 107.983514 29.331416, "
            "108.004066 29.317636))"
        ),
        shapely.from_wkt(
            "POLYGON ((107.99249 29.267618, 107.994712 29.280884, "
            "107.99215513843154 29.288002499999997, 108.000699 29.288002499999997, "
            "108.000699 29.2570080035256, 107.99249 29.267618))"
        ),
        shapely.from_wkt(
            "POLYGON ((107.991396 29.290116, 108.000699 29.310322674033156, "
            "108.000699 29.288002499999997, 107.99215513843154 29.288002499999997, "
            "107.991396 29.290116))"
        ),
    ]
)
WOOD = shapely.box(107.9918, 29.2873, 107.9927, 29.2885)
"""Ground that the cells cover whole, 90 by 130 m."""
