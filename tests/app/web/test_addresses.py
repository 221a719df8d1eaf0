"""Addresses for others: a teacher may look at their own machine as localhost, the class can't."""

import pytest

from app.settings import Settings
from app.web import addresses
from app.web.addresses import reachable, split

EVERYWHERE = "0.0.0.0"  # noqa: S104 - as the profile lan listens


@pytest.fixture(autouse=True)
def on_a_network(monkeypatch):
    monkeypatch.setattr(addresses, "lan_address", lambda: "192.168.1.5")


@pytest.mark.parametrize(
    ("profile", "host", "asked_for", "others"),
    [
        ("local", "127.0.0.1", "localhost:8000", "localhost:8000"),
        ("lan", EVERYWHERE, "localhost:8000", "192.168.1.5:8000"),
        ("lan", EVERYWHERE, "127.0.0.1:8000", "192.168.1.5:8000"),
        ("lan", EVERYWHERE, "localhost", "192.168.1.5"),
        ("lan", "192.168.7.7", "localhost:8000", "192.168.7.7:8000"),
        ("lan", EVERYWHERE, "class.local:8000", "class.local:8000"),
        ("lan", EVERYWHERE, "10.0.0.9:8000", "10.0.0.9:8000"),
        ("lan", "127.0.0.1", "localhost:8000", "192.168.1.5:8000"),
    ],
)
def test_others_get_an_address_they_can_reach(profile, host, asked_for, others):
    assert reachable(Settings(profile=profile, host=host), asked_for) == others


def test_a_name_that_was_chosen_is_the_one_that_others_type():
    settings = Settings(profile="lan", host=EVERYWHERE, host_names="class.local, other.local")
    assert reachable(settings, "localhost:8000") == "class.local:8000"
    assert reachable(settings, "10.0.0.9:8000") == "10.0.0.9:8000"


def test_a_machine_on_no_network_says_what_it_was_asked_for_as(monkeypatch):
    monkeypatch.setattr(addresses, "lan_address", lambda: None)
    assert reachable(Settings(profile="lan", host=EVERYWHERE), "localhost:8000") == "localhost:8000"


@pytest.mark.parametrize(
    ("host", "parts"),
    [("a:80", ("a", "80")), ("a", ("a", "")), ("[::1]:80", ("[::1]", "80")), ("[::1]", ("[::1]", "")), ("", ("", ""))],
)
def test_a_host_has_a_name_and_may_have_a_port(host, parts):
    assert split(host) == parts
