"""Commands: every one round-trips, and whatever else comes is malformed and nothing worse."""

import base64
import contextlib
import json
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.protocol.commands import COMMAND, MOST_COMMAND_BYTES, AnyCommand
from app.protocol.drawing import MOST_DRAWINGS_AT_ONCE, PIXELS
from app.protocol.message import Command
from app.protocol.shown_step import StepPlace
from app.web.parsing import TEMPLATES, Malformed, parse

KINDS = {kind.model_fields["type"].default: kind for kind in get_args(get_args(AnyCommand)[0])}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
counts = st.integers(0, 2**53)
settings = st.floats(-1e300, 1e300) | st.text(max_size=10)
rates = st.floats(0.2, 30)
slices = st.fixed_dictionaries({"tensor": st.text(max_size=64), "index": st.none() | counts})
address, index = st.text(max_size=64), st.lists(counts, max_size=4)
seeds = st.integers(0, 2**32 - 1)
of_questions: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "factors": {"address": address, "index": index, "example": counts},
    "votes": {"address": address, "index": index},
    "anatomy": {"address": address, "index": index},
    "check": {"address": st.none() | address, "index": index, "count": st.integers(1, 50), "seed": seeds},
    "promise": {},
    "ladder": {},
    "cost": {},
    "blame": {"input": counts, "example": counts},
    "outer_product": {"layer": address, "unit": counts, "example": counts},
    "forces": {"example": counts},
    "slice": {"direction": st.sampled_from(["update", "gradient", "random"]), "seed": seeds},
}
questions = st.sampled_from(sorted(of_questions)).flatmap(
    lambda about: st.fixed_dictionaries({"about": st.just(about), **of_questions[about]})
)
places = st.fixed_dictionaries(
    {
        "idea": st.sampled_from(get_args(StepPlace.model_fields["idea"].annotation)),
        "example": counts,
        "address": st.text(max_size=128),
        "index": st.lists(counts, max_size=4),
        "input": st.none() | counts,
        "rope": st.none() | counts,
        "direction": st.sampled_from(["update", "gradient", "random"]),
        "seed": st.none() | counts,
    }
)
thresholds = st.floats(1e-6, 0.999)
later_steps = st.integers(1, 2**53)
of_class_questions: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "own_words": {
        "text": st.text(min_size=1, max_size=200),
        "options": st.lists(st.text(min_size=1, max_size=60), min_size=2, max_size=10),
    },
    "loss_below": {"step": later_steps, "threshold": thresholds},
    "accuracy_above": {"step": later_steps, "threshold": thresholds},
    "most_confused": {"step": later_steps},
    "weight_moves": {"step": later_steps, "address": address, "index": index},
    "loss_falls": {"step": later_steps},
}
class_questions = st.sampled_from(sorted(of_class_questions)).flatmap(
    lambda about: st.fixed_dictionaries({"about": st.just(about), **of_class_questions[about]})
)
pixels = st.binary(min_size=PIXELS, max_size=PIXELS).map(list)
bytes_ = st.integers(0, 255)
copies = st.from_regex(r"\Acopy-[A-Za-z0-9_-]{8,32}\Z")
people = st.from_regex(r"\A[a-z0-9]{8}\Z")
networks = st.sampled_from(["run", "dense", "conv"]) | copies
learning_rates = st.floats(1e-6, 10)
fields: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "hello": {
        "protocol": st.integers(-(2**53), 2**53),
        "room": st.from_regex(r"\A[a-z0-9-]{1,32}\Z"),
        "language": st.text(max_size=35),
        "epoch": st.none() | st.text(max_size=64),
        "seq": st.none() | counts,
        "token": st.none() | st.text(max_size=512),
    },
    "configure": {"spec": st.dictionaries(st.text(max_size=10), json_values, max_size=4)},
    "play": {},
    "pause": {},
    "step": {"unit": st.sampled_from(["minibatch", "epoch"]), "count": st.integers(1, 100_000)},
    "reset": {"seed": st.none() | st.integers(-(2**53), 2**53)},
    "set": {"values": st.dictionaries(st.text(max_size=10), settings, min_size=1, max_size=8)},
    "pace": {"steps_per_second": st.none() | st.floats(0.1, 100_000)},
    "watch": {
        "matrices": st.lists(st.sampled_from(["W", "dL_dW", "update"]), max_size=3),
        "units_rate": rates,
        "matrices_rate": rates,
    },
    "show": {"split": st.sampled_from(["train", "test"]), "index": st.none() | counts},
    "inspect": {"slices": st.lists(slices, min_size=1, max_size=16)},
    "open_network": {"network": networks},
    "predict": {"pixels": pixels, "network": networks, "label": st.none() | bytes_, "frame": st.booleans()},
    "explain": {"pixels": pixels, "network": networks},
    "preview_lesson": {"pixels": pixels, "network": networks, "label": bytes_, "learning_rate": learning_rates},
    "teach": {
        "pixels": pixels,
        "network": networks,
        "copy_name": copies,
        "label": bytes_,
        "learning_rate": learning_rates,
        "steps": st.integers(1, 100),
        "until_agrees": st.booleans(),
    },
    "take_back": {"copy_name": copies, "lessons": st.none() | st.integers(1, 2**53)},
    "keep_drawings": {
        "network": networks,
        "copy_name": copies,
        "first": st.booleans(),
        "images": st.binary(max_size=2 * PIXELS).map(lambda data: base64.b64encode(data).decode()),
        "labels": st.lists(bytes_, max_size=MOST_DRAWINGS_AT_ONCE),
        "held_out": st.lists(st.booleans(), max_size=MOST_DRAWINGS_AT_ONCE),
    },
    "practise": {
        "copy_name": copies,
        "steps": st.integers(1, 1000),
        "learning_rate": learning_rates,
        "mnist_share": st.floats(0, 0.95),
    },
    "adopt": {"copy_name": copies},
    "fork": {"anew": st.booleans()},
    "follow": {},
    "present": {
        "lens": st.sampled_from(["activations", "gradients", "weights", "updates"]),
        "layer": st.none() | st.text(max_size=64),
        "unit": st.none() | st.integers(0, 100_000),
    },
    "set_task": {"text": st.text(max_size=280)},
    "set_mode": {"mode": st.sampled_from(["follow", "explore"])},
    "lock": {"locked": st.booleans()},
    "spotlight": {"person": st.none() | people},
    "hand_over": {"person": people},
    "remove": {"person": people},
    "close_workshop": {},
    "open_wall": {"open": st.booleans()},
    "hang_drawing": {"pixels": pixels, "label": st.integers(0, 9)},
    "take_down": {"drawing": people},
    "admit": {"drawings": st.lists(people, min_size=1, max_size=5), "admitted": st.booleans()},
    "look_at_wall": {"looking": st.booleans()},
    "read_wall": {},
    "train_on_wall": {
        "steps": st.integers(1, 1000),
        "learning_rate": learning_rates,
        "mnist_share": st.floats(0, 0.95),
    },
    "adopt_wall": {},
    "ask_class": {"question": class_questions},
    "answer_class": {"question": people, "option": st.integers(0, 9)},
    "close_answers": {"question": people},
    "decide": {"question": people, "option": st.none() | st.integers(0, 9)},
    "drop_question": {"question": people},
    "begin_challenge": {"steps": st.integers(100, 20_000)},
    "end_challenge": {},
    "attempt": {},
    "describe_mistakes": {},
    "mark": {"step": later_steps},
    "describe_data": {},
    "seek": {"step": counts},
    "open_step": {},
    "show_step": {"opening": people, "place": st.none() | places},
    "look_at_step": {},
    "ask": {"step": counts, "question": questions},
    "ack": {"frame": counts},
    "clock": {"sent": st.floats(-1e300, 1e300)},
}
plain_commands = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.fixed_dictionaries({"type": st.just(kind), "id": st.none() | counts, **fields[kind]})
)


def malformed(text: str | bytes | None) -> Malformed:
    with pytest.raises(Malformed) as caught:
        parse(text)
    return caught.value


def assert_a_command_or_malformed(text: str) -> None:
    try:
        read: Command | Malformed = parse(text)
    except Malformed as malformed:
        read = malformed
    if isinstance(read, Malformed):
        assert read.code in TEMPLATES
        assert read.template.format(where=read.where, most=1)
        assert len(read.where) <= 80
        assert read.reply_to is None or 0 <= read.reply_to <= 2**53
    else:
        assert isinstance(read, Command)


def test_the_strategies_know_every_command():
    assert fields.keys() == KINDS.keys()


@given(plain_commands)
def test_every_command_is_the_same_after_the_wire(plain):
    command = parse(json.dumps(plain))
    assert type(command) is KINDS[plain["type"]]
    assert command.model_dump() == plain
    assert COMMAND.validate_json(command.model_dump_json()) == command


@given(st.text())
@example("")
@example("[" * 10_000)
@example('{"a":' * 10_000)
@example('{"type":"configure","id":7,"spec":{"a":' + "[" * 150 + "]" * 150 + "}}")
@example('"\ud800"')
@example('{"type":"\\ud800"}')
@example('{"type":"set","values":{"\\ud800":1}}')
@example("null")
@example("NaN")
def test_arbitrary_text_is_a_command_or_malformed(text):
    assert_a_command_or_malformed(text)


@given(json_values)
def test_arbitrary_json_is_a_command_or_malformed(value):
    assert_a_command_or_malformed(json.dumps(value))


@given(plain_commands, st.data())
def test_a_command_with_one_field_changed_is_a_command_or_malformed(plain, data):
    name = data.draw(st.sampled_from(sorted(plain)))
    strange = json_values | st.just(float("nan")) | st.just(float("inf")) | st.just(10**400)
    assert_a_command_or_malformed(json.dumps({**plain, name: data.draw(strange)}))


@given(plain_commands, st.data())
def test_a_command_with_one_character_changed_is_a_command_or_malformed(plain, data):
    text = json.dumps(plain)
    at = data.draw(st.integers(0, len(text) - 1))
    assert_a_command_or_malformed(text[:at] + data.draw(st.characters()) + text[at + 1 :])


@given(plain_commands, st.text(min_size=1, max_size=80), json_values)
def test_a_field_too_many_is_named(plain, name, value):
    if name in plain:
        return
    reason = malformed(json.dumps({**plain, name: value}))
    assert reason.code == "unknown_field"
    assert reason.where == name
    assert reason.reply_to == plain["id"]


@given(plain_commands)
def test_no_number_is_made_of_true(plain):
    for name, value in plain.items():
        if type(value) in (int, float):
            reason = malformed(json.dumps({**plain, name: True}))
            assert (reason.code, reason.where) == ("wrong_value", name)


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ('{"type":"ack"}', "missing_field", "frame"),
        ('{"type":"dance"}', "unknown_command", "type"),
        ('{"type":["play"]}', "unknown_command", "type"),
        ('{"frame":1}', "unknown_command", "type"),
        ("[]", "unknown_command", "type"),
        ('{"type":"configure","spec":[]}', "wrong_value", "spec"),
        ('{"type":"configure","spec":null}', "wrong_value", "spec"),
        ('{"type":"inspect","slices":[1]}', "wrong_value", "slices.0"),
        ('{"type":"inspect","slices":[{"tensor":"x","index":-1}]}', "wrong_value", "slices.0.index"),
        ('{"type":"play"} {"type":"play"}', "not_json", ""),
        ('{"type":"clock","sent":NaN}', "wrong_value", "sent"),
        ('{"type":"clock","sent":1e400}', "wrong_value", "sent"),
        ('{"type":"clock","sent":"1"}', "wrong_value", "sent"),
        ('{"type":"step","count":1.0}', "wrong_value", "count"),
        ('{"type":"step","count":0}', "wrong_value", "count"),
        ('{"type":"step","count":100001}', "wrong_value", "count"),
        ('{"type":"set","values":{}}', "wrong_value", "values"),
        ('{"type":"hello","protocol":1,"room":"../etc"}', "wrong_value", "room"),
        ('{"type":"hello","protocol":1,"room":"a\\n"}', "wrong_value", "room"),
    ],
)
def test_what_is_wrong_is_named(text, code, where):
    reason = malformed(text)
    assert (reason.code, reason.where) == (code, where)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"show","index":%s}',
        '{"type":"inspect","slices":[{"tensor":"x","index":%s}]}',
        '{"type":"ack","frame":%s}',
        '{"type":"hello","protocol":1,"seq":%s}',
        '{"type":"hello","protocol":%s}',
        '{"type":"reset","seed":%s}',
        '{"type":"play","id":%s}',
    ],
)
def test_a_whole_number_that_a_browser_cannot_write_exactly_is_refused(text):
    parse(text % 2**53)
    assert malformed(text % (2**53 + 1)).code == "wrong_value"
    assert malformed(text % 10**30).code == "wrong_value"


def test_of_two_fields_with_one_name_the_last_counts_as_in_every_browser():
    assert parse('{"type":"play","type":"pause"}').type == "pause"


def test_the_reason_comes_through_whatever_is_in_its_way():
    @contextlib.contextmanager
    def in_the_way():
        yield

    with pytest.raises(Malformed), in_the_way():
        parse("{")


def test_only_text_of_a_bounded_length_is_read():
    assert malformed(b'{"type":"play"}').code == "not_text"
    assert malformed(None).code == "not_text"
    assert malformed(" " * (MOST_COMMAND_BYTES + 1)).code == "command_too_long"
    assert parse('{"type":"play"}'.ljust(MOST_COMMAND_BYTES)).type == "play"
