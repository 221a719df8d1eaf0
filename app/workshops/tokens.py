"""Tokens: signed texts that say who somebody is, in which workshop. What they may do is not in them: roles change.

A token holds the workshop's code and the person. Who is removed is no person of the workshop any more, and their token
opens nothing.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

MOST_TOKEN = 512
SECRET_BYTES = 32
SALT = "backscope workshop"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token is about."""

    code: str
    person: str


class Tokens:
    """Signs and reads tokens with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeSerializer(secret, SALT)

    def sign(self, identity: Identity) -> str:
        """Return the token of someone."""
        return str(self._serializer.dumps([identity.code, identity.person]))

    def read(self, token: str) -> Identity | None:
        """Return who a token is about; None for one that was not signed here."""
        if len(token) > MOST_TOKEN:
            return None
        try:
            match self._serializer.loads(token):
                case [str(code), str(person)]:
                    return Identity(code, person)
                case _:
                    return None
        except (BadData, UnicodeError):
            return None


def kept_secret(directory: Path | None) -> bytes:
    """Return the secret that is kept in a directory, made if it isn't there; without a directory one for this start."""
    if directory is None:
        return secrets.token_bytes(SECRET_BYTES)
    path = directory / "secret"
    try:
        found = path.read_bytes()
    except OSError:
        found = b""
    if len(found) >= SECRET_BYTES:
        return found
    made = secrets.token_bytes(SECRET_BYTES)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(made)
    except OSError:
        pass  # a read-only disk: tokens of this start are not valid after the next one
    return made
