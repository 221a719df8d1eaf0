"""The ledger: workshops, their people and what they made, in SQLite, written by one thread: a restart brings all back.

The event loop never waits for the disk: what is to be kept is put into a queue. When the disk is full or read-only,
everything goes on in memory, whoever asked to be told is told, and what failed is written again with what comes next.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

logger = logging.getLogger("backscope.ledger")

SCHEMA = """
create table if not exists workshops (
    code text primary key, created real not null, mode text not null, locked integer not null, task text not null,
    spotlight text not null default ''
) strict;
create table if not exists people (
    code text not null references workshops (code) on delete cascade, id text not null, name text not null,
    role text not null, forked integer not null, place text not null default 'host', primary key (code, id)
) strict;
create table if not exists items (
    code text not null references workshops (code) on delete cascade, kind text not null, id text not null,
    body text not null, primary key (code, kind, id)
) strict;
"""
UPGRADES = {
    1: "",  # had no items; the schema adds what is not there
    2: """
alter table workshops add column spotlight text not null default '';
alter table people add column place text not null default 'host';
""",
}
"""What makes a ledger of a version one of the next."""

VERSION = 3
MILLISECONDS_TO_WAIT = 5000
"""For another process that reads the file, a backup say."""


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Someone in a workshop."""

    id: str
    name: str
    role: str
    forked: bool  # whether a run of their own is kept
    place: str = "host"  # whose run they see: host, own or spotlight


@dataclass(frozen=True, slots=True)
class KeptItem:
    """Something that was made in a workshop: a drawing on its wall, a question, a challenge."""

    kind: str
    id: str
    body: str  # JSON, of whoever keeps this kind


@dataclass(frozen=True, slots=True)
class KeptWorkshop:
    """A workshop without its runs, which are checkpoints under the names of its rooms."""

    code: str
    created: float  # seconds since 1970
    mode: str
    locked: bool
    task: str
    people: tuple[KeptPerson, ...] = field(default=())
    items: tuple[KeptItem, ...] = field(default=())
    spotlight: str = ""  # id of whose run is on everyone's screen; empty: nobody's


Write = tuple[str, tuple[object, ...]]


class Ledger:
    """One file; without a path everything is forgotten at the end."""

    def __init__(self, path: Path | None, on_change: Callable[[bool], None] = lambda works: None) -> None:
        self._path = path
        self._on_change = on_change
        self._queue: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._works = True
        self._thread: threading.Thread | None = None

    def open(self) -> list[KeptWorkshop]:
        """Read all that is kept and begin to write; a file that can't be read is put aside, never written over."""
        if self._path is None:
            return []
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            kept = self._read()
        except sqlite3.DatabaseError:
            aside = self._path.with_suffix(".unreadable")
            logger.exception("%s cannot be read; it is kept as %s and a new one begun", self._path.name, aside.name)
            with contextlib.suppress(OSError):
                self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(OSError):
                    self._path.with_name(self._path.name + suffix).unlink()
            kept = []
        except OSError:
            logger.exception("%s cannot be opened; workshops are kept in memory only", self._path.name)
            self._say(works=False)
            return []
        self._thread = threading.Thread(target=self._write_all, name="ledger", daemon=True)
        self._thread.start()
        return kept

    def close(self) -> None:
        """Write what waits, and end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(MILLISECONDS_TO_WAIT / 1000)
            self._thread = None

    # What is kept

    def keep(self, workshop: KeptWorkshop) -> None:
        """Keep a workshop's own settings; its people are kept one by one."""
        self._put(
            "insert into workshops (code, created, mode, locked, task, spotlight) values (?, ?, ?, ?, ?, ?)"
            " on conflict (code) do update set mode = excluded.mode, locked = excluded.locked, task = excluded.task,"
            " spotlight = excluded.spotlight",
            (
                *(workshop.code, workshop.created, workshop.mode),
                *(int(workshop.locked), workshop.task, workshop.spotlight),
            ),
        )

    def keep_person(self, code: str, person: KeptPerson) -> None:
        """Keep someone, as they are now."""
        self._put(
            "insert into people (code, id, name, role, forked, place) values (?, ?, ?, ?, ?, ?)"
            " on conflict (code, id) do update set name = excluded.name, role = excluded.role,"
            " forked = excluded.forked, place = excluded.place",
            (code, person.id, person.name, person.role, int(person.forked), person.place),
        )

    def forget_person(self, code: str, person: str) -> None:
        """Forget someone."""
        self._put("delete from people where code = ? and id = ?", (code, person))

    def keep_item(self, code: str, item: KeptItem) -> None:
        """Keep something that was made in a workshop, in the place it had if it was kept before."""
        self._put(
            "insert into items values (?, ?, ?, ?) on conflict (code, kind, id) do update set body = excluded.body",
            (code, item.kind, item.id, item.body),
        )

    def forget_item(self, code: str, kind: str, item: str) -> None:
        """Forget something that was made in a workshop."""
        self._put("delete from items where code = ? and kind = ? and id = ?", (code, kind, item))

    def forget(self, code: str) -> None:
        """Forget a workshop and all in it."""
        self._put("delete from items where code = ?", (code,))
        self._put("delete from people where code = ?", (code,))
        self._put("delete from workshops where code = ?", (code,))

    # How

    def _put(self, statement: str, values: tuple[object, ...]) -> None:
        if self._thread is not None:
            self._queue.put((statement, values))

    def _connect(self) -> sqlite3.Connection:
        assert self._path is not None  # noqa: S101 - the only callers have looked
        connection = sqlite3.connect(self._path, timeout=MILLISECONDS_TO_WAIT / 1000, isolation_level=None)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
        except BaseException:
            connection.close()
            raise
        return connection

    def _read(self) -> list[KeptWorkshop]:
        with contextlib.closing(self._connect()) as connection:
            found = connection.execute("pragma user_version").fetchone()[0]
            if found not in (0, *UPGRADES, VERSION):
                raise sqlite3.DatabaseError(f"version {found} of the ledger; this program knows {VERSION}")
            for version in range(found, VERSION) if found else ():
                connection.executescript(UPGRADES[version])
            connection.executescript(SCHEMA)
            connection.execute(f"pragma user_version = {VERSION}")
            people: dict[str, list[KeptPerson]] = {}
            for code, who, name, role, forked, place in connection.execute(
                "select code, id, name, role, forked, place from people order by rowid"
            ):
                people.setdefault(code, []).append(KeptPerson(who, name, role, bool(forked), place))
            items: dict[str, list[KeptItem]] = {}
            for code, kind, item, body in connection.execute("select code, kind, id, body from items order by rowid"):
                items.setdefault(code, []).append(KeptItem(kind, item, body))
            rows = connection.execute(
                "select code, created, mode, locked, task, spotlight from workshops order by created"
            )
            return [
                KeptWorkshop(
                    *(code, created, mode, bool(locked), task),
                    *(tuple(people.get(code, ())), tuple(items.get(code, ())), spotlight),
                )
                for code, created, mode, locked, task, spotlight in rows
            ]

    def _write_all(self) -> None:
        """The thread: writes what is in the queue, all that waits in one transaction."""
        waiting: list[Write] = []
        connection: sqlite3.Connection | None = None
        ended = False
        while not ended:
            item = self._queue.get()
            while item is not None:
                waiting.append(item)
                if self._queue.empty():
                    break
                item = self._queue.get()
            ended = item is None
            try:
                connection = connection or self._connect()
                connection.execute("begin immediate")
                for statement, values in waiting:
                    connection.execute(statement, values)
                connection.execute("commit")
            except sqlite3.Error:
                self._say(works=False)
                if connection is not None:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("rollback")
                    connection.close()
                    connection = None
            else:
                waiting.clear()
                self._say(works=True)
        if connection is not None:
            connection.close()

    def _say(self, *, works: bool) -> None:
        if works != self._works:
            self._works = works
            if not works:
                logger.error("workshops cannot be written to disk; they go on in memory")
            self._on_change(works)
