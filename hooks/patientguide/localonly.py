"""Where a preview is shown: at an address that is free, and only to whoever asks for it by that address.

A page of another site could let its own name lead to this computer, and then read the preview as if it were its own
(DNS rebinding). The name that a browser asks for tells: it is the other site's.
"""

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104


def fault(host: str, port: int) -> str | None:
    """Why nothing can be shown at an address, in a sentence; None when it is free."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            # On some systems two programs may bind, but only one may listen.
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is taken, perhaps by another preview. Use another: patientguide serve --port {port + 1}"
            )
        return f"Nothing can be shown at {host}, port {port}: {error.strerror}."
    return None


def over(app: App, host: str) -> App:
    """The application, for requests that name this computer as the preview does: `host`, or one of its own names."""

    def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if _is_own(environ.get("HTTP_HOST"), host):
            return app(environ, start)
        text = b"This preview answers to localhost only."
        start("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        return [text]

    return served


def _is_own(asked: str | None, host: str) -> bool:
    if asked is None:  # no browser leaves it out
        return True
    try:
        name = "" if re.search(r"[@/?#\s]", asked) else (urlsplit(f"//{asked}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in {*_OWN, host.lower()}:
        return True
    # Shown to a whole network, it is asked for by numbers, which lead nowhere else.
    return host in _ANY and _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
