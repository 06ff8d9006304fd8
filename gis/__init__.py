"""Pure geometry: what a plot measures, where it lies, what it covers.

No web, no database, no file, no clock. Coordinates are ``(longitude, latitude)`` in degrees of
CGCS2000 unless a name says otherwise; areas are square metres on its ellipsoid.
"""
