"""Addresses that others can reach this server by: what a class types, and what the code on the wall says."""

import contextlib
import ipaddress
import socket

from app.settings import Settings, is_loopback

NOWHERE = ("192.0.2.1", 9)
"""An address of no machine (RFC 5737): to ask which way out there is, nothing is sent there."""


def lan_address() -> str | None:
    """Return this machine's own address on the network it would use; None where it is on none."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        way_out.connect(NOWHERE)
        found = str(way_out.getsockname()[0])
        if not is_loopback(found):
            return found
    # A classroom without internet may have no way out, and still a network.
    with contextlib.suppress(OSError):
        for found in socket.gethostbyname_ex(socket.gethostname())[2]:
            if not is_loopback(found):
                return str(found)
    return None


def reachable(settings: Settings, asked_for: str) -> str:
    """Return the host, with its port, at which others reach what was asked for as `asked_for`.

    A teacher may well look at their own machine as localhost; the class can't.
    """
    name, port = split(asked_for)
    if settings.profile == "local" or not is_loopback(name):
        return asked_for
    chosen = settings.host_names.split(",")[0].strip()  # whoever set a name knows better, in a container say
    others = chosen or (settings.host if is_of_one_machine(settings.host) else lan_address())
    return f"{others}:{port}" if others and port else others or asked_for


def split(host: str) -> tuple[str, str]:
    """Return the name and the port of a Host header; no port is an empty text."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdigit() else (host, "")


def is_of_one_machine(host: str) -> bool:
    """Whether an address to listen on is one that others can ask for: not all addresses, and not this machine's own."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_unspecified and not is_loopback(host)
    except ValueError:
        return not is_loopback(host)
