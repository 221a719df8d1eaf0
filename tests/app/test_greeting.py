"""What a server says where it was started."""

import re

import pytest

from app.greeting import greeting
from app.settings import Settings
from app.web import addresses
from app.workshops.codes import new_key

HERE = "http://localhost:8000/"


@pytest.fixture(autouse=True)
def on_a_network(monkeypatch):
    monkeypatch.setattr(addresses, "lan_address", lambda: "192.168.1.5")


def lan(key: str) -> Settings:
    return Settings(profile="lan", host="0.0.0.0", host_key=key)  # noqa: S104


def test_alone_it_says_its_address_and_nothing_else():
    said = greeting(Settings(), HERE, 8000, made_key=False, terminal=True)
    assert said == "Backscope is at http://localhost:8000/  (Ctrl-C ends it)"


def test_on_a_network_it_says_where_a_class_joins_and_the_key_that_was_made():
    said = greeting(lan("kx47-qpra-z2ab"), HERE, 8000, made_key=True, terminal=False)
    assert said.splitlines()[0].startswith("Backscope is at http://localhost:8000/ ")
    assert "http://192.168.1.5:8000/workshop" in said
    assert "kx47-qpra-z2ab" in said
    assert all(ord(character) < 128 for character in said), "a log has no pictures in it"


def test_a_terminal_shows_a_picture_for_a_phone():
    plain = greeting(lan("a-key"), HERE, 8000, made_key=True, terminal=False)
    said = greeting(lan("a-key"), HERE, 8000, made_key=True, terminal=True)
    picture = said.removeprefix(plain).splitlines()[4:]
    assert len(picture) > 14
    assert len({len(line) for line in picture}) == 1


def test_a_key_that_was_chosen_is_not_shown():
    for terminal in (False, True):
        assert "correct horse" not in greeting(lan("correct horse"), HERE, 8000, made_key=False, terminal=terminal)


def test_behind_a_proxy_it_says_the_name_that_browsers_use():
    settings = Settings(profile="public", host_names="class.example.org, other.example.org", host_key="a-key")
    assert "https://class.example.org/workshop" in greeting(settings, HERE, 8000, made_key=True, terminal=False)


def test_keys_can_be_typed_and_are_not_made_twice():
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"[2-9a-hj-km-np-z]{4}(-[2-9a-hj-km-np-z]{4}){2}", key) for key in keys)
