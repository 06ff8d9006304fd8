"""The files of one plot, record or reported figure, as an account reaches them over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.errors import not_found
from service.files import files as rules
from service.files.db import files
from service.files.db.files import Owner
from service.settings import Settings
from service.web.feature_list import Page, number_cursor
from service.web.kept_refusals import file_name

INLINE = ("image/jpeg", "image/png", "image/webp")
"""What a browser shows; everything else is saved."""


class FileOut(BaseModel):
    """A file, without its content."""

    id: int
    name: str
    media_type: str
    bytes: int
    sha256: str
    taken_at: datetime | None = Field(description="By the camera.")
    at: list[float] | None = Field(
        min_length=2, max_length=2, description="Where, by the camera: [lon, lat]."
    )
    made_by: str | None
    made_at: datetime


class FileList(BaseModel):
    """Files in the order in which they came."""

    rows: list[FileOut]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


def file_out(row: Mapping[str, Any]) -> FileOut:
    """A file as it is answered."""
    at = None if row["longitude"] is None else (row["longitude"], row["latitude"])
    return FileOut.model_validate({**row, "at": at})


@dataclass(frozen=True)
class OwnedFiles:
    """The files of what ``owner`` and ``number`` name.

    Each method raises `Problem` 404 where the account does not see what they belong to.
    """

    connection: Connection
    account: Account
    owner: Owner
    number: int
    register: str = ""
    """Of a record; empty for others."""

    def page(self, page: Page) -> FileList:
        """A page of them."""
        self._refuse_unseen()
        rows = files.list_files(
            self.connection, self.owner, self.number, after=page.after, limit=page.row_limit
        )
        on_page, following = page.split(rows, number_cursor)
        return FileList(
            rows=[file_out(row) for row in on_page],
            numberMatched=files.count_files(self.connection, self.owner, self.number),
            next=following,
        )

    def keep(self, sent: UploadFile, settings: Settings) -> FileOut:
        """Keep one more; raises what `service.files.files.keep` does."""
        self._refuse_unseen()
        # One byte more than a file may have: so a longer one is noticed.
        content = sent.file.read(settings.file_limit_bytes + 1)
        name = file_name(sent.filename, "file")
        stored = rules.keep(
            self.connection, self.account, self.owner, self.number, name, content, settings
        )
        (row,) = files.list_files(
            self.connection, self.owner, self.number, after=stored - 1, limit=1
        )
        return file_out(row)

    def content(self, file_id: int) -> Response:
        """One itself; raises `Problem` 404 where there is none of that number."""
        self._refuse_unseen()
        row = files.read_content(self.connection, self.owner, self.number, file_id)
        if row is None:
            raise not_found("此附件")
        inline = row["media_type"] in INLINE
        way = "inline" if inline else "attachment"
        return Response(
            row["content"],
            media_type=row["media_type"] if inline else "application/octet-stream",
            headers={
                "Cache-Control": "private, no-store",
                "Content-Disposition": f"{way}; filename*=UTF-8''{quote(row['name'], safe='')}",
            },
        )

    def remove(self, file_id: int) -> None:
        """Delete one; raises what `service.files.files.remove` does."""
        self._refuse_unseen()
        rules.remove(self.connection, self.account, self.owner, self.number, file_id)

    def _refuse_unseen(self) -> None:
        rules.refuse_unseen(self.connection, self.account, self.owner, self.number, self.register)
