"""Tasks done by Dask workers: of this machine, or of a scheduler that is told.

Workers need the same version of Luotu and the folder of the lake under the same path. A worker that
dies loses no task: the scheduler gives it to another one.
"""

import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

from data.lake.manifest import Lake, read_manifest
from data.scratch import Scratch
from gis.messages import Message
from service.errors import Problem
from service.lake.event_loop import event_loop

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_CONNECT_S: Final = 10
_WORKERS_S: Final = 30
"""How long a scheduler may be without a worker."""
_LOOK_S: Final = 1.0
_RETRIES: Final = 2
MEMORY: Final = "1GB"


@contextmanager
def workers(
    scheduler: str | None, *, number: int | None = None, memory: str = MEMORY
) -> Iterator[Any]:
    """A client of a scheduler: one that is there, or one of this machine until the block ends.

    Parameters
    ----------
    scheduler
        Its address, like ``tcp://10.0.0.5:8786``; None starts one here.
    number
        Processes of this machine; as many as processors when None.
    memory
        What each of them may take; one that takes more is started again.

    Raises
    ------
    Problem
        ``no_dask``: the extra is not installed; ``scheduler_gone``: nobody answers there;
        ``no_workers``: nobody works for it.
    """
    try:
        # It takes a second to import, and most commands never need it.
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Problem(
            409,
            "no_dask",
            Message(
                "没有安装 Dask，请安装 luotu[lake]",
                "Dask is not installed: install luotu[lake]",
            ),
        ) from error

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is None:
        with (
            Scratch() as scratch,
            LocalCluster(
                n_workers=number,
                threads_per_worker=1,
                memory_limit=memory,
                dashboard_address="127.0.0.1:0",  # a free port: 8787 may be taken
                local_directory=str(scratch),
                silence_logs=logging.CRITICAL,
                loop=event_loop(),
            ) as cluster,
            Client(cluster, loop=event_loop()) as client,
        ):
            yield client
        return
    # It connects as it is made. One that fails is closed here: the loop could not wait for its end
    # if that is where it is swept away.
    client = Client.__new__(Client)
    try:
        Client.__init__(client, scheduler, timeout=_CONNECT_S, loop=event_loop())
    except (OSError, TimeoutError, ValueError) as error:
        client.close()
        raise gone(scheduler) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_S)
        except TimeoutError as error:
            raise _no_workers(scheduler) from error
        yield client


def probe(folder: str) -> tuple[str, int | None]:
    """What a worker has: its version of Luotu, and the number of the lake that it sees."""
    manifest = read_manifest(Path(folder))
    return version("luotu"), None if manifest is None else manifest.number


def require_same(client: Any, lake: Lake) -> None:
    """Raise `Problem` ``workers_differ`` unless every worker has this Luotu and this lake."""
    own = (version("luotu"), lake.manifest.number)
    answers = client.run(probe, str(lake.folder), on_error="return")
    for address, answer in answers.items():
        if answer == own:
            continue
        zh, en = f"{answer}", f"{answer}"
        if isinstance(answer, ImportError):
            zh, en = "没有安装同一版本的落图", "has not this version of Luotu installed"
        elif not isinstance(answer, Exception):
            zh = f"落图 {answer[0]}，数据湖版本 {answer[1]}"
            en = f"has Luotu {answer[0]} and version {answer[1]} of the lake"
        raise Problem(
            409,
            "workers_differ",
            Message(
                f"工作进程 {address}：{zh}；本机为落图 {own[0]}，数据湖版本 {own[1]}。请在各机安装"
                f"同一版本，并使 {lake.folder} 在各机路径相同",
                f"the worker {address} {en}, here it is Luotu {own[0]} and version {own[1]}: "
                f"install the same version there, and let {lake.folder} be the same folder there",
            ),
        )


def each(
    client: Any, work: Callable[[Task], Answer], tasks: Sequence[Task]
) -> Iterator[tuple[int, Answer]]:
    """The place of each task and its answer, as they end.

    Raises
    ------
    Problem
        ``scheduler_gone``; ``no_workers``: the last one went and none came for half a minute;
        ``workers_lost``: one task was the end of several workers.
    Exception
        What the work itself raised, after it was tried again.
    """
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    futures = {}
    for place, task in enumerate(tasks):
        future = client.submit(work, task, retries=_RETRIES, pure=False)
        future.add_done_callback(lambda _future, place=place: ended.put(place))
        futures[place] = future
    seen = time.monotonic()
    while futures:
        try:
            place = ended.get(timeout=_LOOK_S)
        except queue.Empty:
            if client.status != "running":
                raise gone(client.scheduler.addr) from None
            if client.scheduler_info(n_workers=-1)["workers"]:
                seen = time.monotonic()
            elif time.monotonic() - seen > _WORKERS_S:
                raise _no_workers(client.scheduler.addr) from None
            continue
        seen = time.monotonic()
        # Forgotten at once, so that answers do not pile up at the workers.
        yield place, _answer(client, futures.pop(place))


def _answer(client: Any, future: Any) -> Any:
    from distributed import CancelledError, KilledWorker  # noqa: PLC0415
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    try:
        return future.result(timeout=_CONNECT_S)
    except KilledWorker as error:
        raise Problem(
            409,
            "workers_lost",
            Message(
                "同一块数据连续使多个工作进程中断，多为内存不足：请用 --memory 放宽，"
                "或在工作进程所在机器加内存",
                "one part of the lake was the end of several workers, most often for want of "
                "memory: give them more (--memory, or `dask worker --memory-limit`)",
            ),
        ) from error
    except (CancelledError, CommClosedError, TimeoutError) as error:
        raise gone(client.scheduler.addr) from error


def gone(address: str) -> Problem:
    """Nobody answers at the address of the scheduler."""
    return Problem(
        409,
        "scheduler_gone",
        Message(
            f"调度器 {address} 没有应答：请检查地址，或重新启动 dask scheduler 后再运行",
            f"the scheduler {address} does not answer: look at its address, or start `dask "
            "scheduler` again and repeat the command",
        ),
    )


def _no_workers(address: str) -> Problem:
    return Problem(
        409,
        "no_workers",
        Message(
            f"调度器 {address} 没有工作进程：请启动 dask worker {address}",
            f"the scheduler {address} has no workers: start `dask worker {address}`",
        ),
    )
