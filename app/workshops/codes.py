"""Join codes: six characters that can be read from the back of a classroom and typed on a phone.

31 characters (no 0 and O, 1, I and L), so 8.9e8 codes; guesses are limited where they come in.
"""

import secrets
from collections.abc import Container

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6


def new_code(taken: Container[str] = ()) -> str:
    """Return a code that is not taken."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if code not in taken:
            return code


def new_key() -> str:
    """Return a key that begins workshops, "kx47-qpra-z2ab" say: 59 bits that can be typed on a phone."""
    return "-".join("".join(secrets.choice(ALPHABET.lower()) for _ in range(4)) for _ in range(3))


def read_code(typed: str) -> str | None:
    """Return the code that was meant by what somebody typed, "kx4 7qp" say; None if it can't be one."""
    code = "".join(character for character in typed.upper() if character not in " -·•.")
    return code if len(code) == LENGTH and all(character in ALPHABET for character in code) else None
