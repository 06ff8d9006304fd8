"""Whatever a person looks at: folium maps and the drawing workspace."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maps.notebook import explore

__all__ = ["explore"]


def __getattr__(name: str) -> Any:
    # folium and pandas take seconds to import, and most commands draw nothing.
    if name == "explore":
        from maps.notebook import explore  # noqa: PLC0415

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
