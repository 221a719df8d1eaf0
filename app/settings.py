"""Every setting and limit by name, with its default and its reason; environment variables are BACKSCOPE_<NAME>."""

import ipaddress
import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Settings(BaseSettings):
    """What a server is started with."""

    model_config = SettingsConfigDict(env_prefix="BACKSCOPE_", extra="ignore", frozen=True, validate_default=True)

    profile: Literal["local", "lan"] = Field(default="local", description="who may reach it: this machine, or a LAN")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    host_names: str = Field(default="", description="further names browsers may use for it, separated by commas")
    data_dir: Path | None = Field(default=None, description="where runs are kept over restarts; none: not kept")
    mnist_dir: Path | None = Field(default=None, description="folder of the four IDX files; none: those in the package")
    data: tuple[Path, ...] = Field(default=(), description="further data sets: CSV files, IDX folders, image folders")
    host_key: str = Field(
        default="", description="what begins a workshop; empty: none is needed (local), or one is made"
    )
    workers: int = Field(default_factory=_cores, ge=1, le=64, description="training processes: one for each core")

    most_viewers: int = Field(default=500, ge=1, description="a 2-core server was measured with 300")
    most_viewers_of_a_room: int = Field(default=400, ge=1, description="a class, and its onlookers")
    most_members: int = Field(default=320, ge=1, description="of a workshop: a lecture hall")
    most_drawings: int = Field(
        default=600, ge=1, description="on the wall of a workshop: half a megabyte to each looker"
    )
    most_drawings_of_a_member: int = Field(default=20, ge=1, description="on a wall: two of each digit")
    most_workshops: int = Field(default=20, ge=1, description="each may have a host and a class")
    most_runs: int = Field(
        default=100, ge=1, description="loaded at once: each is watched at 8 frames a second or more"
    )
    most_rooms: int = Field(default=50, ge=1, description="each may have a run that trains")
    most_file_bytes: int = Field(default=32 * 1024 * 1024, ge=1024, description="of a checkpoint that is brought back")
    most_picture_bytes: int = Field(default=8 * 1024 * 1024, ge=1024, description="of a picture to be read: a photo")
    frames_on_the_way: int = Field(default=3, ge=1, le=16, description="unpainted frames a viewer may have: bounds age")
    events_kept: int = Field(default=512, ge=16, description="a page that missed no more goes on where it was")
    events_waiting: int = Field(default=256, ge=16, description="a viewer with more unsent is told to begin anew")
    points_kept: int = Field(default=1024, ge=64, description="of a curve: as many as a chart has columns")
    commands_per_second: float = Field(default=150, gt=0, description="two acknowledgements a painted frame, and hands")
    commands_at_once: int = Field(default=600, ge=1, description="a burst, after a pause")
    seconds_to_hello: float = Field(default=10, gt=0, description="a socket that says nothing is closed")
    seconds_between_heartbeats: float = Field(default=10, gt=0, description="a page believes a link dead after 25 s")
    seconds_between_sweeps: float = Field(default=15, gt=0, description="to look after runs nobody watches")
    seconds_to_pause: float = Field(default=60, gt=0, description="a run of a workshop that nobody watches waits")
    seconds_to_unload: float = Field(default=600, gt=0, description="and then leaves memory; its checkpoint stays")
    seconds_to_forget: float = Field(default=86400, gt=0, description="a workshop nobody came back to is deleted")
    seconds_unwritten: float = Field(default=25, gt=0, description="a viewer that takes no bytes is cut off")

    @model_validator(mode="after")
    def _local_stays_local(self) -> Self:
        if self.profile == "local" and not is_loopback(self.host):
            raise ValueError(
                f"The profile local listens on this machine only, not on {self.host}. "
                "Use --profile lan to let others on the network in."
            )
        return self

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Host names a request may be for, against DNS rebinding; IP addresses are always fine on a LAN."""
        names = {name.strip().lower() for name in self.host_names.split(",") if name.strip()}
        return frozenset(names | {"localhost", "127.0.0.1", "[::1]"})


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
