"""A small part of scripts/fuzz: whatever is thrown, nothing but refusals comes back."""

import pytest

from app.workshops.tokens import Tokens
from benchmarks.fuzz import throw_at_server
from benchmarks.fuzzing import Fault, Target, targets, throw
from tests.app import classroom

INPUTS = 6_000
CONNECTIONS = 200
SEED = 11

TARGETS = {target.name: target for target in targets()}


def test_the_shares_of_all_targets_are_the_whole():
    assert sum(target.share for target in TARGETS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", TARGETS)
def test_odd_inputs_are_refused_or_taken(name):
    target = TARGETS[name]
    throw(target, SEED, max(50, int(INPUTS * target.share)))


def test_a_fault_is_told_with_what_makes_it_again():
    broken = Target("broken", 1.0, lambda chance: chance.randrange(10), lambda number: 1 / (number - 3))
    with pytest.raises(Fault, match=r"broken, seed 1, input \d+: ZeroDivisionError"):
        throw(broken, 1, 100)


async def test_odd_connections_are_answered_without_a_fault_and_the_server_goes_on(server):
    await throw_at_server(server, SEED, CONNECTIONS)
    assert server.get("/readyz").status == 200
    assert "Traceback" not in server.output()


# What it found


def test_a_token_that_cannot_be_written_as_bytes_is_none():
    assert Tokens(b"a" * 32).read("\ud83d.\ude00") is None


@pytest.mark.parametrize("kind", ["image/png", "text/plain", "application/json"])
def test_bytes_that_are_no_text_are_refused_where_json_was_expected(server, kind):
    connection_headers = {"Content-Type": kind}
    status, said = classroom.post(server, "/api/workshops", "x", connection_headers)
    assert status == 422
    assert said["code"] == "malformed_request"
    assert said["message"]
