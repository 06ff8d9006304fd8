"""Which layer of a file is read, and how many features it may have."""

from __future__ import annotations

from collections.abc import Sequence

from data.errors import FileRefused
from data.reading.damage import EXPORT_AGAIN
from data.reading.limits import Limits
from data.text_cleaning import few
from gis.messages import Message

__all__ = ["no_such_layer", "one_layer", "too_many_features"]


def one_layer(names: list[str], wanted: str | None) -> str:
    """The layer to read.

    Raises
    ------
    FileRefused
        ``no_layer``, ``no_such_layer`` or ``several_layers``.

    Examples
    --------
    >>> one_layer(["plots"], None), one_layer(["plots", "zones"], "zones")
    ('plots', 'zones')
    """
    if wanted is not None and wanted not in names:
        raise no_such_layer(wanted, names)
    if not names:
        what = Message("没有带几何的图层", "no layer in it has geometry")
        raise FileRefused("no_layer", what, EXPORT_AGAIN)
    if wanted is None and len(names) > 1:
        shown = few(names)
        what = Message(f"有 {len(names)} 个图层：{shown}", f"it holds {len(names)} layers: {shown}")
        remedy = Message("请用 --layer 选择一个", "choose one by --layer")
        raise FileRefused("several_layers", what, remedy)
    return wanted if wanted is not None else names[0]


def too_many_features(count: int, limits: Limits) -> FileRefused:
    """The refusal of a layer with more features than allowed."""
    what = Message(
        f"有 {count} 个要素，上限 {limits.features}",
        f"it has {count} features, {limits.features} are allowed",
    )
    return FileRefused("too_many_features", what, Message("请分批提交", "send it in parts"))


def no_such_layer(wanted: str, layers: Sequence[str]) -> FileRefused:
    """The refusal of a layer name that the file does not have."""
    shown = few(layers)
    what = Message(f"没有图层 {wanted!r}", f"there is no layer {wanted!r}")
    remedy = Message(f"请用 --layer 从中选择：{shown}", f"choose one by --layer: {shown}")
    return FileRefused("no_such_layer", what, remedy)
