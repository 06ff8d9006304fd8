"""Patterns of the codes of administrative districts (GB/T 2260 and GB/T 10114).

Whole texts of ASCII digits; the tables' CHECKs have the same patterns.
"""

from typing import Final

__all__ = ["COUNTY", "DISTRICT", "TOWN", "VILLAGE"]

DISTRICT: Final = "^[0-9]{6}([0-9]{3}){0,3}$"
"""Any level: 6 digits down to the county, 9 for a town, 12 for a village, 15 for a group."""
COUNTY: Final = "^[0-9]{6}$"
"""A county or a level above it."""
TOWN: Final = "^[0-9]{9}$"
VILLAGE: Final = "^[0-9]{12}$"
