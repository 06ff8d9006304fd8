"""Where the files of jobs lie: a folder for each job, in the home of the service."""

import shutil
from pathlib import Path

from service.settings import Settings


def folder_of(settings: Settings, job_id: int) -> Path:
    """The folder of a job, whether it is there or not."""
    return settings.home / "jobs" / str(job_id)


def new_folder(settings: Settings, job_id: int) -> Path:
    """An empty folder for an attempt of a job, which only the service's user may enter."""
    folder = folder_of(settings, job_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def remove(settings: Settings, job_id: int) -> None:
    """Remove the files of a job."""
    shutil.rmtree(folder_of(settings, job_id), ignore_errors=True)
