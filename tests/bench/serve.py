"""The service alone, in a process of its own: ``python -m tests.bench.serve``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from service.app import create_app
from service.database.engine import sqlalchemy_url
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from service.web.access_log import configure_logs

PORT: Final = 8190


def main() -> None:
    """Serve the database that the environment names, as ``luotu run`` serves it."""
    settings = Settings(home=Path(".bench"), out=Path("out"), port=PORT)
    configure_logs()
    app = create_app(settings, sqlalchemy_url(os.environ["BENCH_DATABASE_URL"]))
    QuickServer(server_config(app, settings)).run()


if __name__ == "__main__":
    main()
