"""What is said where a server was started: its address, and for a class how it gets in and what its host needs."""

import io

import segno

from app.settings import Settings
from app.web.addresses import reachable


def greeting(settings: Settings, address: str, port: int, *, made_key: bool, terminal: bool) -> str:
    """Return the lines for whoever started the server; on a terminal with a picture for the host's phone.

    `made_key` says whether the host key was made for this start: one that was chosen is known already and not shown.
    """
    lines = [f"Backscope is at {address}  (Ctrl-C ends it)"]
    if settings.profile == "local":
        return lines[0]
    page = f"{_others(settings, port)}/workshop"
    lines += ["", f"A class joins at  {page}"]
    lines += [f"Host key          {settings.host_key if made_key else 'the one that was chosen'}"]
    if terminal:
        fragment = f"#key={settings.host_key}" if made_key else ""
        whose = "To begin a workshop, scan this with the host's phone:" if made_key else "Or scan this:"
        lines += ["", whose, "", _picture(page + fragment)]
    return "\n".join(lines)


def _others(settings: Settings, port: int) -> str:
    """Return where others reach this server: through its proxy, or on this network."""
    if settings.profile == "public":
        return f"https://{settings.host_names.split(',')[0].strip()}"
    return f"http://{reachable(settings, f'localhost:{port}')}"


def _picture(text: str) -> str:
    picture = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(picture, border=2, compact=True)
    return picture.getvalue().rstrip("\n")
