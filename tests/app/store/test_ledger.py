"""The ledger: what is kept comes back, whatever happened to the file in between."""

import os
import sqlite3
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from app.store.ledger import KeptItem, KeptPerson, KeptWorkshop, Ledger

CODES = ("KX47QP", "AAAAAA", "ZZZ999")


def kept(path: Path) -> list[KeptWorkshop]:
    ledger = Ledger(path)
    found = ledger.open()
    ledger.close()
    return found


class LedgerMachine(RuleBasedStateMachine):
    """A model in memory, and a ledger that is closed and opened at any time."""

    @initialize()
    def begin(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "ledger.db"
        self.ledger = Ledger(self.path)
        assert self.ledger.open() == []
        self.model: dict[str, KeptWorkshop] = {}
        self.created = 0.0

    def teardown(self):
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.directory.cleanup()

    @rule(
        code=st.sampled_from(CODES),
        mode=st.sampled_from(["follow", "explore"]),
        locked=st.booleans(),
        task=st.text(),
        spotlight=st.sampled_from(["", "a"]),
    )
    def keep(self, code, mode, locked, task, spotlight):
        task = task.encode("utf-8", "ignore").decode()
        before = self.model.get(code)
        self.created += 1
        workshop = KeptWorkshop(
            code,
            before.created if before else self.created,
            mode,
            locked,
            task,
            before.people if before else (),
            before.items if before else (),
            spotlight,
        )
        self.model[code] = workshop
        self.ledger.keep(workshop)

    @rule(
        code=st.sampled_from(CODES),
        who=st.sampled_from("abc"),
        forked=st.booleans(),
        place=st.sampled_from(["host", "own", "spotlight"]),
    )
    def keep_person(self, code, who, forked, place):
        if code not in self.model:
            return
        person = KeptPerson(who, f"name of {who}", "member", forked, place)
        known = {one.id: one for one in self.model[code].people}
        self.put(code, tuple({**known, who: person}.values()))
        self.ledger.keep_person(code, person)

    @rule(code=st.sampled_from(CODES), who=st.sampled_from("abc"))
    def forget_person(self, code, who):
        if code in self.model:
            self.put(code, tuple(one for one in self.model[code].people if one.id != who))
        self.ledger.forget_person(code, who)

    @rule(code=st.sampled_from(CODES), kind=st.sampled_from(["drawing", "question"]), body=st.text(max_size=5))
    def keep_item(self, code, kind, body):
        if code not in self.model:
            return
        item = KeptItem(kind, "one", body.encode("utf-8", "ignore").decode())
        items = self.model[code].items
        known = [one for one in items if (one.kind, one.id) == (kind, "one")]
        kept_items = tuple(item if one in known else one for one in items) if known else (*items, item)
        self.model[code] = replace(self.model[code], items=kept_items)
        self.ledger.keep_item(code, item)

    @rule(code=st.sampled_from(CODES), kind=st.sampled_from(["drawing", "question"]))
    def forget_item(self, code, kind):
        if code in self.model:
            items = tuple(one for one in self.model[code].items if one.kind != kind)
            self.model[code] = replace(self.model[code], items=items)
        self.ledger.forget_item(code, kind, "one")

    @rule(code=st.sampled_from(CODES))
    def forget(self, code):
        self.model.pop(code, None)
        self.ledger.forget(code)

    @rule()
    def restart(self):
        self.ledger.close()
        self.ledger = Ledger(self.path)
        assert self.ledger.open() == sorted(self.model.values(), key=lambda workshop: workshop.created)

    def put(self, code, people):
        self.model[code] = replace(self.model[code], people=people)


LedgerMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
test_what_is_kept_comes_back = LedgerMachine.TestCase


def test_a_file_that_is_no_ledger_is_put_aside_and_not_written_over(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a database at all" * 100)
    assert kept(path) == []
    assert (tmp_path / "ledger.unreadable").read_bytes().startswith(b"not a database")
    assert kept(path) == []


def test_a_ledger_of_the_version_before_is_brought_up_to_date(tmp_path):
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path)
    connection.executescript("""
        create table workshops (
            code text primary key, created real not null, mode text not null, locked integer not null,
            task text not null
        ) strict;
        create table people (
            code text not null references workshops (code) on delete cascade, id text not null, name text not null,
            role text not null, forked integer not null, primary key (code, id)
        ) strict;
        insert into workshops values ('KX47QP', 1.0, 'explore', 0, 'Reach 90 %');
        insert into people values ('KX47QP', 'a', 'Otter', 'member', 1);
        pragma user_version = 1;
    """)
    connection.close()
    (workshop,) = kept(path)
    assert workshop.task == "Reach 90 %"
    assert workshop.people == (KeptPerson("a", "Otter", "member", forked=True, place="host"),)
    assert kept(path) == [workshop]


def test_a_ledger_of_a_later_version_is_put_aside(tmp_path):
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 99")
    connection.close()
    assert kept(path) == []
    assert (tmp_path / "ledger.unreadable").exists()


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    told = []
    ledger = Ledger(tmp_path / "ledger.db", told.append)
    ledger.open()
    ledger.close()
    assert told == [False]


def test_what_could_not_be_written_is_written_with_what_comes_next(tmp_path):
    path = tmp_path / "ledger.db"
    told: list[bool] = []
    changed = threading.Event()

    def tell(works: bool) -> None:
        told.append(works)
        changed.set()

    ledger = Ledger(path, tell)
    ledger.open()
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("alter table people rename to hidden")
    ledger.keep(KeptWorkshop("KX47QP", 1.0, "follow", False, "first"))
    ledger.keep_person("KX47QP", KeptPerson("a", "Ann", "host", False))
    assert changed.wait(30)
    changed.clear()
    blocker.execute("alter table hidden rename to people")
    blocker.close()
    ledger.keep(KeptWorkshop("KX47QP", 1.0, "explore", True, "second"))
    assert changed.wait(30)
    ledger.close()
    assert told == [False, True]
    assert kept(path) == [
        KeptWorkshop("KX47QP", 1.0, "explore", True, "second", (KeptPerson("a", "Ann", "host", False),))
    ]


def test_without_a_path_nothing_is_kept_and_nothing_fails():
    ledger = Ledger(None)
    assert ledger.open() == []
    ledger.keep(KeptWorkshop("KX47QP", 1.0, "follow", False, ""))
    ledger.close()
