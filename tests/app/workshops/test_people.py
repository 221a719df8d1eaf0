"""Codes, names, tokens and roles: what lets people in, and what they may do."""

import string
import unicodedata
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.commands import AnyCommand
from app.workshops import names
from app.workshops.codes import ALPHABET, LENGTH, new_code, read_code
from app.workshops.roles import ALLOWED, KIND_OF, KINDS, Doing, may
from app.workshops.tokens import Identity, Tokens, kept_secret

COMMANDS = {kind.model_fields["type"].default: kind for kind in get_args(get_args(AnyCommand)[0])}


# Codes


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH), st.sampled_from(["{}", "{} ", " {}", "{}\u00b7"]))
def test_a_code_is_read_however_it_is_typed(code, form):
    typed = form.format(f"{code[:3].lower()} {code[3:]}")
    assert read_code(typed) == code


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed):
    code = read_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_codes_are_not_given_twice_and_hold_no_letters_that_look_alike():
    taken: set[str] = set()
    for _ in range(200):
        taken.add(new_code(taken))
    assert len(taken) == 200
    assert not set("0O1IL") & set(ALPHABET)


# Names


@given(st.text(max_size=200))
def test_a_name_is_short_plain_text(typed):
    name = names.clean(typed)
    assert len(name) <= names.MOST_CHARACTERS
    assert name == name.strip()
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Otter ", "Otter"),
        ("\u202eevil\u202c", "evil"),
        ("a\r\nb\x1b[31m", "a b [31m"),
        ("水獭", "水獭"),
        ("e\u0301" + "\u0301" * 30, "é" + "\u0301" * 2),
        ("\u200b\u200d", ""),
        ("<script>", "<script>"),
    ],
)
def test_names_lose_what_is_no_text(typed, name):
    assert names.clean(typed) == name


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=30), max_size=30))
def test_names_are_told_apart_by_how_they_look(typed):
    taken: set[str] = set()
    for one in typed:
        name = names.told_apart(names.clean(one), taken)
        assert names.key(name) not in taken
        assert len(name) <= names.MOST_CHARACTERS
        taken.add(names.key(name))


# Tokens


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_token_says_who_it_is_about_to_who_signed_it_and_to_nobody_else(code, person):
    identity = Identity(code, person)
    token = Tokens(b"a" * 32).sign(identity)
    assert Tokens(b"a" * 32).read(token) == identity
    assert Tokens(b"b" * 32).read(token) is None


@given(st.data())
def test_a_token_that_was_changed_is_none(data):
    tokens = Tokens(b"a" * 32)
    token = tokens.sign(Identity("KX47QP", "0a1b2c3d"))
    at = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from(string.ascii_letters + string.digits).filter(lambda one: one != token[at]))
    changed = token[:at] + character + token[at + 1 :]
    assert tokens.read(changed) in (None, Identity("KX47QP", "0a1b2c3d"))  # base64's last character has spare bits
    assert tokens.read(token[:at]) is None


@given(st.text(max_size=600))
def test_arbitrary_text_is_no_token(text):
    assert Tokens(b"a" * 32).read(text) is None


def test_the_secret_is_kept_and_only_its_owner_may_read_it(tmp_path):
    directory = tmp_path / "data"
    secret = kept_secret(directory)
    assert kept_secret(directory) == secret
    assert (directory / "secret").stat().st_mode & 0o077 == 0
    assert kept_secret(None) != kept_secret(None)


# Roles


def test_every_command_is_of_exactly_one_kind():
    assert KIND_OF.keys() == COMMANDS.keys()
    assert sum(len(of_kind) for of_kind in KINDS.values()) == len(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize(("role", "place"), [(role, place) for role in ALLOWED for place in ALLOWED[role]])
def test_who_may_do_what_is_as_it_should_be(role, place, name):
    allowed = may(role, place, COMMANDS[name].model_construct())
    match KIND_OF[name]:
        case Doing.LOOKING:
            assert allowed
        case Doing.HOSTING:
            assert allowed == (role == "host")
        case Doing.MOVING | Doing.COMPETING:
            assert allowed == (role == "member")
        case Doing.STEERING:
            assert allowed == (place == "own" or (role, place) == ("host", "host"))
