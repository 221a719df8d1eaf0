"""Starts the workers, gives each its runs, passes messages both ways, and replaces a worker that dies."""

import asyncio
import contextlib
import logging
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Protocol

from app.logs import LogFormat
from app.workers import link
from app.workers.bounds import Bounds
from app.workers.watchdog import SECONDS_TO_START, Watchdog

logger = logging.getLogger("backscope.workers")

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""One thread for linear algebra in each worker: the processes are what shares the cores.

Read when NumPy is imported."""

MOST_SECONDS_TO_READ = 10.0
"""A picture, for a worker that is busy."""

MOST_PICTURES = 16
"""Waiting to be read by one worker: each may be a file of some megabytes."""

SECONDS_TO_END = 3.0
SHORTEST_LIFE = 1.0
"""A worker that dies sooner is started again only after this pause."""


class Listener(Protocol):
    """Who a run's messages are for."""

    def receive(self, message: link.FromWorker) -> None:
        """Take a message of the run; called on the event loop, must not wait."""

    def worker_lost(self) -> None:
        """Learn that the run's worker died; the run will be opened again."""


class DataNotReady(Exception):
    """The training data cannot be used; the message is a sentence for the user."""


class NoAnswer(Exception):
    """No worker answers."""


class WorkerHandle:
    """The server's end of one worker process."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.runs: dict[str, Listener] = {}
        self.limits: bytes | None = None
        self.steps_per_second = 0.0
        self.training = 0
        """How many of its runs train."""
        self.busy = 0.0
        """The part of its time that runs use."""
        self.nbytes = 0
        """What their networks take, by arithmetic."""
        self.ready = asyncio.Event()
        self.reading: dict[str, asyncio.Future[link.ImageRead]] = {}
        """Who waits for which picture to be read."""
        self._command = command
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the worker that is there now."""
        return self._process.pid if self._process else None

    def send(self, message: link.ToWorker) -> None:
        """Pass a message on; one for a worker that just died is lost, and the run's reopening makes up for it."""
        process = self._process
        if process and process.stdin and not process.stdin.is_closing():
            process.stdin.write(link.pack(message))

    async def live(self) -> None:
        """Start the process and hand out what it says until it ends, for whatever reason."""
        environment = {**os.environ, **dict.fromkeys(BLAS_THREADS, "1")}
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=environment
        )
        watchdog = Watchdog(self.name, process)
        try:
            await self._listen(process, watchdog)
        finally:
            watchdog.end()
            self.ready.clear()
            for waiting in self.reading.values():
                waiting.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def end(self) -> None:
        """Have the worker save and end; kill it when it takes too long."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.send(link.Drain())
        try:
            await asyncio.wait_for(process.wait(), SECONDS_TO_END)
        except TimeoutError:
            logger.warning("%s did not end in time and is killed", self.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _listen(self, process: Process, watchdog: Watchdog) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for above; narrows the type
        reader = process.stdout
        try:
            while True:
                length = link.length_of(await reader.readexactly(link.LENGTH.size))
                message = link.unpack_from_worker(await reader.readexactly(length))
                watchdog.heard()
                self._hand_out(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it ended

    def _hand_out(self, message: link.FromWorker) -> None:
        match message:
            case link.Ready(limits=limits):
                self.limits = limits
                for run in self.runs:
                    self.send(link.Open(run))
                self.ready.set()
            case link.Beat():
                self.steps_per_second, self.training = message.steps_per_second, message.training
                self.busy, self.nbytes = message.busy, message.nbytes
            case link.ImageRead(request=request):
                if request in self.reading and not self.reading[request].done():
                    self.reading[request].set_result(message)
            case _:
                listener = self.runs.get(message.run)
                if listener:
                    listener.receive(message)


class Supervisor:
    """All workers of this server."""

    def __init__(
        self,
        *,
        workers: int,
        data: Path,
        checkpoints: Path,
        mnist: Path | None = None,
        brought: tuple[Path, ...] = (),
        bounds: Bounds | None = None,
        log_format: LogFormat = "text",
    ) -> None:
        """`bounds` are for each worker, which logs in the same format as the server."""
        self._data = data
        self._mnist = mnist
        self._brought = [str(path.absolute()) for path in brought]
        places = [log_format, (bounds or Bounds()).write(), str(data), str(checkpoints)]
        command = [sys.executable, "-m", "app.workers.worker", *places, *self._brought]
        self.workers = [WorkerHandle(f"worker {number}", command) for number in range(1, workers + 1)]
        self._worker_of: dict[str, WorkerHandle] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = False
        self.lost = 0
        """Workers that died and were replaced."""

    async def start(self) -> None:
        """Unpack the data and start the workers; raises `DataNotReady` when the data is not what it should be."""
        await self._prepare()
        self._tasks = [asyncio.create_task(self._keep(worker), name=worker.name) for worker in self.workers]
        waiting = [asyncio.create_task(worker.ready.wait()) for worker in self.workers]
        done, pending = await asyncio.wait(waiting, timeout=SECONDS_TO_START)
        for task in pending:
            task.cancel()
        if not done:
            raise DataNotReady("The training processes did not start; their messages are above.")

    @property
    def ready(self) -> bool:
        """Whether every worker takes runs."""
        return all(worker.ready.is_set() for worker in self.workers)

    @property
    def busy(self) -> float:
        """The part of all workers' time that runs use."""
        return sum(worker.busy for worker in self.workers) / len(self.workers)

    @property
    def limits(self) -> bytes | None:
        """What a configuration may be, as JSON; the same for all workers."""
        return next((worker.limits for worker in self.workers if worker.limits), None)

    def open(self, run: str, listener: Listener) -> None:
        """Give a run to the worker that has the fewest."""
        worker = min(self.workers, key=lambda one: len(one.runs))
        worker.runs[run] = listener
        self._worker_of[run] = worker
        worker.send(link.Open(run))

    def close(self, run: str, *, forget: bool = False) -> None:
        """Unload a run; its checkpoint stays, or is forgotten as well."""
        worker = self._worker_of.pop(run, None)
        if worker:
            worker.send(link.Close(run, forget))
            del worker.runs[run]

    def send(self, run: str, message: link.ToWorker) -> None:
        """Send a message to the worker that has the run."""
        worker = self._worker_of.get(run)
        if worker:
            worker.send(message)

    async def read_image(self, network: str, data: bytes, *, is_file: bool) -> link.ImageRead:
        """Have the worker that does least read a digit; raise `NoAnswer` if there is none that does."""
        ready = [one for one in self.workers if one.ready.is_set() and len(one.reading) < MOST_PICTURES]
        if not ready:
            raise NoAnswer
        worker = min(ready, key=lambda one: (len(one.reading), one.steps_per_second))
        request = secrets.token_urlsafe(9)
        future: asyncio.Future[link.ImageRead] = asyncio.get_running_loop().create_future()
        worker.reading[request] = future
        try:
            worker.send(link.ReadImage(request, network, data, is_file))
            await asyncio.wait([future], timeout=MOST_SECONDS_TO_READ)
            if future.cancelled() or not future.done():  # the worker died, or is too slow
                raise NoAnswer
            return future.result()
        finally:
            del worker.reading[request]

    async def stop(self) -> None:
        """Have all workers save and end; may be called twice."""
        if self._ending:
            return
        self._ending = True
        await asyncio.gather(*(worker.end() for worker in self.workers))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _is_ending(self) -> bool:
        return self._ending

    async def _prepare(self) -> None:
        source = str(self._mnist) if self._mnist else ""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app.workers.prepare", source, str(self._data), *self._brought, stderr=PIPE
        )
        _, problem = await process.communicate()
        if process.returncode:
            raise DataNotReady(problem.decode(errors="replace").strip())

    async def _keep(self, worker: WorkerHandle) -> None:
        """Keep one worker alive: when it dies its runs are opened again by its successor."""
        loop = asyncio.get_running_loop()
        while not self._is_ending():
            born = loop.time()
            try:
                await worker.live()
            except (OSError, ValueError):
                logger.exception("%s cannot be talked to", worker.name)
            if self._is_ending():
                return
            self.lost += 1
            logger.error("%s died; its %d runs go on from their last checkpoints", worker.name, len(worker.runs))
            for listener in list(worker.runs.values()):
                listener.worker_lost()
            if loop.time() - born < SHORTEST_LIFE:
                await asyncio.sleep(SHORTEST_LIFE)
