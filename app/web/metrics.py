"""/metrics: what a server does, in numbers that Prometheus collects. Without a token, on one's own machine only."""

import asyncio
import hmac
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from app import machine
from app.resources import VERSION
from app.rooms.registry import Rooms
from app.rooms.traffic import AGES
from app.settings import Settings
from app.workers.supervisor import Supervisor, WorkerHandle

router = APIRouter()

OF_A_WORKER: list[tuple[str, str, Callable[[WorkerHandle], float]]] = [
    ("runs", "Runs it has.", lambda worker: len(worker.runs)),
    ("training", "Runs of it that train.", lambda worker: worker.training),
    ("steps_per_second", "Steps of all its runs.", lambda worker: worker.steps_per_second),
    ("training_ratio", "The part of its time that runs used.", lambda worker: worker.busy),
    ("network_bytes", "What its networks take, by arithmetic.", lambda worker: worker.nbytes),
]
"""What is told of each training process: name, meaning, and the number itself."""


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Tell the numbers to who has the token; to others there is no such page."""
    settings: Settings = request.app.state.settings
    if not _may_see(settings, request.headers.get("authorization", "")):
        return Response(status_code=404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(request.app.state))
    headers = {"Cache-Control": "no-store"}
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers=headers)


def _may_see(settings: Settings, authorization: str) -> bool:
    if not settings.metrics_token:
        return settings.profile == "local"
    return hmac.compare_digest(authorization.encode(), f"Bearer {settings.metrics_token}".encode())


class _Collector:
    """Looks at the server when it is asked."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Yield every number."""
        rooms: Rooms = self._state.rooms
        supervisor: Supervisor = self._state.supervisor
        traffic = rooms.traffic
        yield _labelled("backscope_info", "Which version this is.", "version", {VERSION: 1})
        yield _gauge("backscope_viewers", "Pages that watch.", rooms.viewers)
        yield _gauge("backscope_rooms", "Rooms, each with a run that is loaded.", len(rooms))
        yield _gauge("backscope_workshops", "Workshops.", len(self._state.workshops))
        yield _gauge(
            "backscope_event_loop_lag_seconds", "The latest it was in the last ten seconds.", self._state.lag.most
        )
        yield _gauge("backscope_tasks", "Tasks on the event loop.", len(asyncio.all_tasks()))
        yield _gauge("backscope_web_memory_bytes", "Resident memory of the web process.", machine.resident())
        used = machine.memory()
        if used is not None:
            yield _gauge("backscope_memory_used_ratio", "Of the container's or the machine's memory.", used.share)
        for name, meaning, count in (
            ("backscope_frames_sent", "Frames sent to viewers.", traffic.frames_sent),
            (
                "backscope_frames_dropped",
                "Frames that newer ones replaced before they were sent.",
                traffic.frames_replaced,
            ),
            ("backscope_frame_bytes_sent", "Bytes of frames sent.", traffic.bytes_sent),
            ("backscope_events_sent", "Events sent to viewers.", traffic.events_sent),
            ("backscope_resyncs", "Viewers who took too few events and began anew.", traffic.resyncs),
            ("backscope_checkpoint_failures", "Checkpoints that could not be written.", traffic.checkpoints_failed),
            ("backscope_workers_lost", "Training processes that died and were replaced.", supervisor.lost),
        ):
            yield CounterMetricFamily(name, meaning, value=count)
        yield HistogramMetricFamily(
            "backscope_frame_age_at_send_seconds",
            "From the taking of a frame to its sending.",
            buckets=_cumulative(traffic.ages),
            sum_value=traffic.seconds_of_age,
        )
        for name, meaning, number in OF_A_WORKER:
            of = {worker.name: number(worker) for worker in supervisor.workers}
            yield _labelled(f"backscope_worker_{name}", meaning, "worker", of)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _labelled(name: str, meaning: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family


def _cumulative(counts: list[int]) -> list[tuple[str, int]]:
    buckets, total = [], 0
    for bound, count in zip([*(str(age) for age in AGES), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
