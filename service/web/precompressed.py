"""Files of the workspace: named by a content hash, so cached for ever, and gzipped beforehand."""

from os import PathLike
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.web.cache_control import OURS

FOR_EVER = "public, max-age=31536000, immutable"


class OwnFiles(StaticFiles):
    """Static files that keep their names when they change: revalidated by their ETag."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file under a path."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = OURS
        return response


class PrecompressedStaticFiles(StaticFiles):
    """Static files beside which ``NAME.gz`` may lie; clients that accept gzip get that one."""

    def __init__(self, directory: PathLike[str]) -> None:
        # The folder is made by `make setup`; without it there is nothing to serve, as `/` says.
        super().__init__(directory=directory, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file under a path, or the gzipped one."""
        unpacks = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        packed = unpacks and self.lookup_path(f"{path}.gz")[1] is not None
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        response.headers["Vary"] = "Accept-Encoding"
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = FOR_EVER
        if packed:
            response.headers["Content-Encoding"] = "gzip"
            kind = {".js": "text/javascript", ".css": "text/css"}.get(Path(path).suffix)
            response.headers["Content-Type"] = (
                f"{kind or 'application/octet-stream'}; charset=utf-8"
            )
        return response
