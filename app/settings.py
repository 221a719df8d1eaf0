"""Every setting and limit by name, with its default and its reason; environment variables are BACKSCOPE_<NAME>.

What holds for one profile only stands in `PROFILES`. `docs/limits.md` is made from all this by `python -m app.limits`.
"""

import ipaddress
import os
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


MEGABYTE = 1024 * 1024

Profile = Literal["local", "lan", "public"]

PROFILES: dict[Profile, dict[str, Any]] = {
    # A run at home may train on behind a closed page, and stays until its owner deletes it.
    "local": {
        "most_megabytes_of_a_run": 512,
        "most_megabytes_of_runs": 4096,
        "seconds_to_pause": 3600.0,
        "seconds_to_forget_a_run": 0.0,
    },
    "lan": {},
    # Strangers: fewer and smaller runs outside of workshops, and patience with fewer of them.
    "public": {
        "trusted_proxies": "127.0.0.1",
        "most_rooms": 16,
        "most_viewers_of_a_room": 320,
        "most_megabytes_of_a_run": 48,
        "most_runs_of_a_workshop": 50,
        "most_file_bytes": 8 * MEGABYTE,
        "seconds_to_forget_a_run": 7 * 86400.0,
    },
}
"""Where a profile has another default than the others."""


class Settings(BaseSettings):
    """What a server is started with."""

    model_config = SettingsConfigDict(env_prefix="BACKSCOPE_", extra="ignore", frozen=True, validate_default=True)

    profile: Profile = Field(
        default="local", description="who may reach it: this machine, a LAN, or everybody through a proxy with TLS"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    host_names: str = Field(default="", description="further names browsers may use for it, separated by commas")
    data_dir: Path | None = Field(default=None, description="where runs are kept over restarts; none: not kept")
    mnist_dir: Path | None = Field(default=None, description="folder of the four IDX files; none: those in the package")
    data: tuple[Path, ...] = Field(default=(), description="further data sets: CSV files, IDX folders, image folders")
    trusted_proxies: str = Field(
        default="", description="addresses, separated by commas, whose X-Forwarded headers are believed; empty: none"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="lines for people, or one JSON object a line for programs that collect them"
    )
    metrics_token: str = Field(
        default="", description="whoever has it may see /metrics; empty: nobody, but on one's own machine (local) all"
    )
    host_key: str = Field(
        default="", description="what begins a workshop; empty: none is needed (local), or one is made"
    )
    workers: int = Field(default_factory=_cores, ge=1, le=64, description="training processes: one for each core")

    most_viewers: int = Field(default=500, ge=1, description="a 2-core server was measured with 300")
    most_viewers_of_a_room: int = Field(default=400, ge=1, description="a class, and its onlookers")
    most_pages: int = Field(
        default=4, ge=1, description="open pages of one member: a phone, a laptop, a forgotten tab of each"
    )
    most_members: int = Field(default=320, ge=1, description="of a workshop: a lecture hall")
    most_drawings: int = Field(
        default=600, ge=1, description="on the wall of a workshop: half a megabyte to each looker"
    )
    most_drawings_of_a_member: int = Field(default=20, ge=1, description="on a wall: two of each digit")
    most_questions: int = Field(
        default=100,
        ge=1,
        description="to a class that are remembered with all answers: more than a term of lessons asks",
    )
    most_attempts: int = Field(
        default=2000, ge=1, description="at challenges that are remembered of a workshop: thirty people, sixty each"
    )
    most_workshops: int = Field(default=20, ge=1, description="each may have a host and a class")
    most_runs: int = Field(
        default=100, ge=1, description="loaded at once: each is watched at 8 frames a second or more"
    )
    most_runs_of_a_workshop: int = Field(
        default=100, ge=1, description="of one's own, one a member: the others keep following the host's"
    )
    most_megabytes_of_a_run: int = Field(
        default=128, ge=1, description="a network and its minibatches, worked out before they are allocated"
    )
    most_megabytes_of_runs: int = Field(
        default=1536, ge=1, description="all networks together, worked out likewise; divided among the workers"
    )
    most_megabytes_of_histories: int = Field(
        default=512, ge=1, description="of the past of all runs: one run keeps 16 MB, a hundred keep 5 MB each"
    )
    most_megabytes_of_a_worker: int = Field(
        default=0, ge=0, description="address space that the system lets one have; 0: no limit but the others"
    )
    memory_for_no_new_run: float = Field(
        default=0.8, gt=0, le=1, description="share of the container's or machine's memory in use: no run is begun then"
    )
    memory_to_unload: float = Field(
        default=0.9, gt=0, le=1, description="share in use: the largest run that nobody watches leaves memory"
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
    seconds_to_ask: float = Field(
        default=10, gt=0, description="for the head of a request; who takes longer is cut off"
    )
    seconds_to_hello: float = Field(default=10, gt=0, description="a socket that says nothing is closed")
    seconds_between_pings: float = Field(default=15, gt=0, description="who does not answer one in as long is cut off")
    seconds_between_heartbeats: float = Field(default=10, gt=0, description="a page believes a link dead after 25 s")
    seconds_between_sweeps: float = Field(default=15, gt=0, description="to look after runs nobody watches")
    seconds_to_pause: float = Field(default=60, gt=0, description="a run that nobody watches waits")
    seconds_to_unload: float = Field(default=600, gt=0, description="and then leaves memory; its checkpoint stays")
    seconds_to_forget: float = Field(default=86400, gt=0, description="a workshop nobody came back to is deleted")
    seconds_to_forget_a_run: float = Field(
        default=30 * 86400, ge=0, description="a run outside of workshops that nobody came back to; 0: never"
    )
    seconds_unwritten: float = Field(default=25, gt=0, description="a viewer that takes no bytes is cut off")

    @model_validator(mode="before")
    @classmethod
    def _as_the_profile_has_it(cls, given: Any) -> Any:
        """Fill in what was not said as the profile has it."""
        return {**PROFILES.get(given.get("profile", "local"), {}), **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _public_says_its_names(self) -> Self:
        if self.profile == "public" and not self.host_names.strip(", "):
            raise ValueError(
                "The profile public needs the names browsers use for this server: "
                "say them with --host-names, such as --host-names backscope.example.org."
            )
        return self

    @model_validator(mode="after")
    def _local_stays_local(self) -> Self:
        if self.profile == "local" and not is_loopback(self.host):
            raise ValueError(
                f"The profile local listens on this machine only, not on {self.host}. "
                "Use --profile lan to let others on the network in, or --profile public behind a proxy with TLS."
            )
        return self

    @property
    def behind_tls(self) -> bool:
        """Whether browsers reach it by https, through a proxy."""
        return self.profile == "public"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Host names a request may be for, against DNS rebinding; IP addresses are always fine on a LAN.

        To the loopback names, which probes of a container use, no browser elsewhere can be sent.
        """
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
