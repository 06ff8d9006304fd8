"""What the invented plots of the demo grow: kinds, sizes and species by province.

The words come from `data.codes`; the proportions are invented and say nothing about any bureau.
"""

from typing import NamedTuple

__all__ = ["RECIPES", "SIZES", "Recipe", "Size", "recipe_of"]


class Size(NamedTuple):
    """How large plots of a kind are, in hectares, and how long by their width."""

    median_ha: float
    spread: float
    min_ha: float
    max_ha: float
    elongation: float = 1.6
    density_per_ha: tuple[int, int] | None = None
    methods: tuple[str, ...] = ("ZM",)


class Recipe(NamedTuple):
    """One province: share of each kind, its species for forest and for towns, its programmes.

    `planting` are the first and last day of the year on which planting happens.
    """

    forest: dict[str, float]
    urban: dict[str, float]
    forest_species: tuple[str, ...]
    urban_species: tuple[str, ...]
    programmes: dict[str, tuple[str, ...]]
    planting: tuple[int, int]


SIZES = {
    "RGZL": Size(3.2, 0.95, 0.05, 42, density_per_ha=(900, 3300)),
    "FBZL": Size(18, 0.6, 2, 42, methods=("FB",)),
    "FSYL": Size(14, 0.7, 1, 42, methods=("FS",)),
    "THLXF": Size(5, 0.8, 0.2, 42, density_per_ha=(300, 1500), methods=("BUZ", "GP")),
    "RGGX": Size(3, 0.8, 0.1, 40, density_per_ha=(1600, 3300)),
    "DXLGZ": Size(4, 0.8, 0.2, 50, density_per_ha=(400, 1800), methods=("BUZ", "GP")),
    "SLFY": Size(6, 0.8, 0.3, 42, methods=("FY",)),
    "NTFHL": Size(1.6, 0.6, 0.1, 12, 6.0, (800, 2500)),
    "CTLH": Size(0.5, 0.8, 0.05, 6, 2.0, (300, 1200)),
    "DLLH": Size(0.7, 0.7, 0.05, 6, 7.0, (200, 900)),
    "HALH": Size(1.5, 0.8, 0.08, 15, 6.0, (300, 1600)),
    "PKYLH": Size(0.4, 0.8, 0.05, 5, 2.5, (300, 1600)),
    "KDGY": Size(0.28, 0.6, 0.045, 0.6, 1.4, (100, 600)),
    "LVDAO": Size(1.0, 0.7, 0.08, 8, 7.0, (150, 800)),
    "G12": Size(2.2, 0.7, 0.3, 20, 1.4, (100, 600)),
}

_JILIN = Recipe(
    forest={"RGZL": 0.46, "NTFHL": 0.24, "THLXF": 0.14, "DXLGZ": 0.10, "SLFY": 0.06},
    urban={"CTLH": 0.34, "DLLH": 0.24, "KDGY": 0.18, "LVDAO": 0.12, "G12": 0.12},
    forest_species=("PINSYL", "LAROLG", "PINKOR", "POPSIM", "QUEMON", "FRAMAN", "JUGMAN", "TILAMU"),
    urban_species=("ULMPUM", "SALMAT", "ACEMON", "PRUSIB", "SYROBL", "PICKOR"),
    programmes={
        "RGZL": ("JL-LCS", "GTLH-SF", "JL-DLH"),
        "NTFHL": ("JL-NTLW",),
        "THLXF": ("JL-CBS",),
        "DXLGZ": ("DXLGZ",),
        "CTLH": ("CC-CTLH",),
        "DLLH": ("CC-JLGX",),
        "KDGY": ("CC-KDGY",),
        "LVDAO": ("CC-LVDAO",),
    },
    planting=(95, 131),
)
_CHONGQING = Recipe(
    forest={"RGZL": 0.42, "FSYL": 0.18, "DXLGZ": 0.20, "THLXF": 0.12, "SLFY": 0.08},
    urban={"PKYLH": 0.30, "HALH": 0.22, "KDGY": 0.16, "DLLH": 0.16, "G12": 0.16},
    forest_species=("PINMAS", "CUPFUN", "CUNLAN", "ALNCRE", "LIQFOR", "CAMOLE", "ZANBUN", "CITRET"),
    urban_species=("FICVIR", "OSMFRA", "CINCAM", "GINBIL", "METGLY", "PHOZHE"),
    programmes={
        "RGZL": ("CQ-LAQS", "GJCBL", "TGHL", "CQ-SMH"),
        "FSYL": ("CQ-SMH", "CQ-SISHAN"),
        "DXLGZ": ("CQ-SCGX", "GJCBL"),
        "PKYLH": ("CQ-PKY",),
        "HALH": ("CQ-LAQS",),
        "DLLH": ("CQ-JTLD",),
    },
    planting=(32, 90),
)
_JIANGXI = Recipe(
    forest={"RGZL": 0.32, "DXLGZ": 0.30, "THLXF": 0.12, "FSYL": 0.10, "RGGX": 0.10, "SLFY": 0.06},
    urban={"CTLH": 0.54, "KDGY": 0.18, "DLLH": 0.18, "G12": 0.10},
    forest_species=("CUNLAN", "PINELL", "PINMAS", "SCHSUP", "LIQFOR", "CAMOLE", "MICMAU", "PHYEDU"),
    urban_species=("CINCAM", "OSMFRA", "ELASYL", "GINBIL", "TRISEB"),
    programmes={
        "DXLGZ": ("DXLGZ",),
        "RGZL": ("GZ-HLTZ",),
        "G12": ("GZ-XCSLGY",),
        "CTLH": ("GZ-HLTZ",),
    },
    planting=(20, 80),
)
_GUANGDONG = Recipe(
    forest={"RGZL": 0.36, "RGGX": 0.20, "DXLGZ": 0.24, "SLFY": 0.10, "FSYL": 0.10},
    urban={"CTLH": 0.38, "KDGY": 0.20, "DLLH": 0.20, "G12": 0.12, "HALH": 0.10},
    forest_species=("CASHYS", "SCHSUP", "LIQFOR", "MICMAU", "CUNLAN", "EUCURO", "ACAMAN"),
    urban_species=("CINCAM", "FICVIR", "OSMFRA", "ELASYL"),
    programmes={"RGZL": ("GD-LMGD", "HY-CSLCS"), "DXLGZ": ("GD-LMGD",), "CTLH": ("HY-CSLCS",)},
    planting=(40, 110),
)

RECIPES = {"22": _JILIN, "36": _JIANGXI, "44": _GUANGDONG, "50": _CHONGQING}


def recipe_of(district: str) -> Recipe:
    """What grows in a district, by the province in its code; an invented one grows as Jilin does.

    Examples
    --------
    >>> recipe_of("500101").forest_species[0], recipe_of("999901") == recipe_of("220102")
    ('PINMAS', True)
    """
    return RECIPES.get(district[:2], _JILIN)
