"""Code lists as this database has them, for whoever reads or writes a file."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from data.codes import local_codes
from service.codes.db.local_codes import local_rows


def codes_in_use(connection: Connection) -> AbstractContextManager[None]:
    """Within it, files are read and written with the bureau's own words, as of now."""
    return local_codes(local_rows(connection))
