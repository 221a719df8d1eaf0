"""Errors that should not have been: who asked gets a number to tell, the log gets the rest under that number."""

import json
import logging
import secrets

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.languages import N_, Languages

logger = logging.getLogger("backscope.faults")

SENTENCE = N_("Something went wrong here, and it was not you. The server's log knows more under the number {number}.")


class Faults:
    """ASGI middleware: whatever is raised inside becomes one generic answer, and one entry in the log."""

    def __init__(self, app: ASGIApp, languages: Languages) -> None:
        self._app = app
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and catch."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        begun = False

        async def note_and_send(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] in ("http.response.start", "websocket.accept", "websocket.close")
            await send(message)

        try:
            await self._app(scope, receive, note_and_send)
        except ClientDisconnect:
            return  # who asked hung up in the middle of it: no fault, and nobody to tell
        except Exception:  # whatever it was, the others go on
            number = secrets.token_hex(4)
            logger.exception("fault %s, asked for %s", number, scope["path"])
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011, "reason": f"fault {number}"})
            elif not begun:
                await self._answer(scope, send, number)
            else:
                raise  # half an answer is out: the connection has to be cut

    async def _answer(self, scope: Scope, send: Send, number: str) -> None:
        accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        language = self._languages.choose(header=accepted.decode("latin-1"))
        message = self._languages.sentence(language, SENTENCE, {"number": number})
        body = json.dumps({"code": "fault", "message": message, "where": "", "number": number}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": body})
