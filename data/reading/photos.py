"""What a file of a plot or a record is, and when and where a photo was taken."""

from __future__ import annotations

import io
import warnings
from datetime import UTC, datetime
from typing import Final, NamedTuple

from PIL import ExifTags, Image

from data.errors import FileRefused
from gis.messages import Message
from gis.tracks import BEIJING

__all__ = ["Photo", "media_type", "read_exif"]

# First bytes, and what a file of them is. Nothing that a browser would run is among them.
_SIGNS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_WEBP: Final = (b"RIFF", b"WEBP")
_OFFICE: Final = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Photo(NamedTuple):
    """What the camera wrote into a photo; None for what it did not."""

    taken_at: datetime | None
    place: tuple[float, float] | None
    """Longitude and latitude in degrees."""


def media_type(content: bytes, name: str) -> str:
    """What a file is, by its first bytes.

    Raises
    ------
    FileRefused
        ``unknown_kind_of_file``: neither a photo nor a paper that may be kept.

    Examples
    --------
    >>> media_type(b"%PDF-1.7", "x.pdf")
    'application/pdf'
    """
    for sign, kind in _SIGNS:
        if content.startswith(sign):
            if kind == "application/zip":
                suffix = name[name.rfind(".") :].lower() if "." in name else ""
                return _OFFICE.get(suffix, kind)
            return kind
    if content[:4] == _WEBP[0] and content[8:12] == _WEBP[1]:
        return "image/webp"
    what = Message("不是可保存的文件", "it is no file that can be kept")
    remedy = Message(
        "请用 JPEG、PNG、WebP、PDF、DOCX、XLSX 或 ZIP",
        "send JPEG, PNG, WebP, PDF, DOCX, XLSX or ZIP",
    )
    raise FileRefused("unknown_kind_of_file", what, remedy, file=name)


def read_exif(content: bytes) -> Photo:
    """When and where a photo was taken; nothing of what cannot be read.

    Times without an offset are Beijing's. Only the head of the file is parsed, never its pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
                exif = image.getexif()
                times = exif.get_ifd(ExifTags.IFD.Exif)
                gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        return Photo(_time(exif, times), _place(gps))
    except Exception:  # noqa: BLE001 - a camera may write anything; the photo is kept all the same
        return Photo(None, None)


def _time(exif: Image.Exif, times: dict[int, object]) -> datetime | None:
    written = times.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    if written is None:
        return None
    offset = str(times.get(ExifTags.Base.OffsetTimeOriginal) or "").strip()
    try:
        moment = datetime.strptime(str(written).strip(), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        zone = datetime.strptime(offset, "%z").tzinfo if offset else BEIJING
    except ValueError:
        return None
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _place(gps: dict[int, object]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    latitude = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S")
    longitude = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W")
    if latitude is None or longitude is None:
        return None
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return (longitude, latitude) if on_globe and (latitude, longitude) != (0.0, 0.0) else None


def _degrees(parts: object, side: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(side).strip().upper() == negative else value
