"""Pure geometry: reference systems, sizes on the ellipsoid, verdicts, coverage."""
