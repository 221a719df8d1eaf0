"""The log: a line each, or a JSON object each, whatever was said."""

import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.logs import Lines, Objects


def record(message, *arguments, error=None):
    info = (type(error), error, None) if error else None
    return logging.LogRecord("backscope.test", logging.WARNING, "a.py", 1, message, arguments, info)


@given(st.text(max_size=200))
def test_whatever_is_logged_is_one_line_without_control_characters(text):
    line = Lines().format(record("%s came", text))
    assert len(line.splitlines()) == 1
    assert all(character.isprintable() or character in " \t" or ord(character) > 0x9F for character in line)


@given(st.text(max_size=200))
def test_an_object_says_exactly_what_was_logged(text):
    line = Objects().format(record("%s came", text))
    assert "\n" not in line
    assert json.loads(line)["message"] == f"{text} came"


@pytest.mark.parametrize("formatter", [Lines(), Objects()])
def test_an_error_is_logged_with_its_traceback(formatter):
    assert "ZeroDivisionError" in formatter.format(record("it failed", error=ZeroDivisionError("by zero")))


def test_a_forged_line_stays_in_the_line_it_came_in():
    line = Lines().format(record("name: %s", "x\r\n2026-01-01 ERROR backscope: all is lost\x1b[31m"))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("bounds", "said"), [("{}", "does not exist"), ("no bounds", "JSON is malformed")], ids=["no data", "a fault"]
)
def test_a_worker_that_cannot_begin_says_so_in_the_format_of_the_server(tmp_path, bounds, said):
    places = [str(tmp_path / "data"), str(tmp_path / "runs")]
    command = [sys.executable, "-m", "app.workers.worker", "json", bounds, *places]
    ended = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert ended.returncode != 0
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["error" if bounds == "{}" else "critical"]
    assert said in str(lines)
