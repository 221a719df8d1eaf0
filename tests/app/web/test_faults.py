"""Errors of ours: who asked learns a number and nothing else; the log has all under that number."""

import json
import logging

import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.languages import Languages
from app.web.faults import Faults

SECRET = "/home/somebody/secret.py"


async def failing(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
    raise ZeroDivisionError(SECRET)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Faults(failing, Languages()))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_forced_fault_shows_a_number_in_one_s_language_and_no_path(client, caplog, language):
    with caplog.at_level(logging.ERROR, "backscope.faults"):
        answer = client.get("/somewhere", headers={"Accept-Language": language})
    assert answer.status_code == 500
    said = answer.json()
    assert said["code"] == "fault"
    assert said["number"] in said["message"]
    assert said["message"].isascii() is (language == "en")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (record,) = caplog.records
    assert said["number"] in record.getMessage()
    assert record.exc_info is not None


def test_a_socket_whose_handler_fails_is_closed_with_a_number(client, caplog):
    caplog.set_level(logging.ERROR, "backscope.faults")
    with client.websocket_connect("/ws") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_text()
    assert closed.value.code == 1011
    assert closed.value.reason.startswith("fault ")
    assert closed.value.reason.split()[1] in caplog.records[0].getMessage()


async def test_half_an_answer_is_not_made_whole(caplog):
    sent = []

    async def half(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def send(message):
        sent.append(message)

    with pytest.raises(ZeroDivisionError):
        await Faults(half, Languages())({"type": "http", "path": "/", "headers": []}, None, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert json.dumps(sent, default=str)


async def test_who_hangs_up_in_the_middle_of_a_request_is_no_fault(caplog):
    async def reading(scope, receive, send):
        raise ClientDisconnect

    sent = []
    await Faults(reading, Languages())({"type": "http", "path": "/", "headers": []}, None, sent.append)
    assert sent == []
    assert caplog.records == []
