"""Connections to public hosts only, and never for longer than they may take.

The address of a name is looked up once, checked, and connected to: a name that changes its mind between
the check and the connection (DNS rebinding) has nothing to change. A watch closes the connection when time is up,
whatever it waits for: the lookup, the connection, the secure handshake, the head or a body of one byte a second.
"""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from patientguide.core.text import is_ip_address, is_private_name

Resolver = Callable[[str, int], list[str]]
"""A host and a port to its IP addresses; raises OSError when there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses given out to hosts (IANA). Older Pythons call others global that hold a private IPv4 one."""


class ForbiddenError(Exception):
    """An address that is not to be asked, with the reason as a sentence."""


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, from the system."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def check(address: str, loopback: bool) -> None:
    """Raise ForbiddenError for an address that no lookup is needed to refuse."""
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ForbiddenError("It is not a whole address.") from None
    if parts.scheme not in ("http", "https"):
        raise ForbiddenError(f"It leads to {parts.scheme or 'no scheme'}:, not to a web page.")
    if not host or re.search(r"[\s<>\"'`{}|\\^]", parts.netloc):
        raise ForbiddenError("It names no host.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenError("It holds a name or password.")
    if is_ip_address(host):
        try:
            is_allowed = _is_public(host, loopback)
        except ValueError:
            raise ForbiddenError(f"'{host}' hides an IP address.") from None
        if not is_allowed:
            raise ForbiddenError(f"'{host}' is no public address.")
    elif is_private_name(host) and not (loopback and host == "localhost"):
        raise ForbiddenError(f"'{host}' is no public host.")


def _is_public(text: str, loopback: bool) -> bool:
    ip = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)  # type: ignore[assignment]
        if inner is not None:
            return _is_public(str(inner), False)
        return (ip.is_global and ip in _GLOBAL) or (loopback and ip.is_loopback)
    return (ip.is_global and not ip.is_multicast) or (loopback and ip.is_loopback)


class Watch:
    """Closes what it was given when its seconds are over; `is_over` says so. Used in a `with`."""

    def __init__(self, seconds: float) -> None:
        """Start to count when entered."""
        self.seconds = max(seconds, 0.01)
        self._end = time.monotonic() + self.seconds
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(self.seconds, self.close)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """The seconds until it closes, at least a few thousandths: 0 would mean without end."""
        return max(self._end - time.monotonic(), 0.01)

    def __enter__(self) -> Self:
        """Start."""
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop counting and let go."""
        self._timer.cancel()
        with self._lock:
            for kept in self._sockets:
                kept.close()
            self._sockets.clear()

    def keep(self, connection: socket.socket) -> None:
        """Watch over a connection. TLS takes the socket itself away from its owner, so a second handle is kept."""
        with self._lock:
            self._sockets.append(connection.dup())
        if self.is_over:
            self.close()

    def close(self) -> None:
        """Close the connections now: those who wait for them get an error."""
        self.is_over = True
        with self._lock:
            for kept in self._sockets:
                try:
                    kept.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def lookup(self, resolver: Resolver, host: str, port: int) -> list[str]:
        """Look a host up in a thread of its own, because a lookup cannot be interrupted. Raises OSError."""
        found: list[list[str] | Exception] = []

        def run() -> None:
            try:
                found.append(resolver(host, port))
            except (OSError, UnicodeError) as error:
                found.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.left)
        if not found:
            self.is_over = True
            raise TimeoutError("the lookup took too long")
        if isinstance(found[0], Exception):
            raise OSError(str(found[0]))
        return found[0]


class OpenAdapter(HTTPAdapter):
    """Connects as `requests` does, but only where it may, and under a watch; made for one request."""

    def __init__(self, resolver: Resolver, loopback: bool, watch: Watch) -> None:
        """Say who looks hosts up, whether this computer may be asked (for tests), and who watches."""
        self.resolver, self.loopback, self.watch = resolver, loopback, watch
        super().__init__(max_retries=0)

    def connect(self, host: str, port: int, timeout: Any) -> socket.socket:
        """A connection to an IP address of the host that was checked. Raises ForbiddenError and OSError."""
        found = self.watch.lookup(self.resolver, host.strip("[]"), port)[:4]
        for ip in found:
            if not _is_public(ip, self.loopback):
                raise ForbiddenError(f"'{host}' is {ip}, which is no public address.")
        error: OSError = OSError("it has no IP address")
        for tried, ip in enumerate(found):
            try:
                made = socket.create_connection((ip, port), timeout=self.watch.left / (len(found) - tried))
            except OSError as failed:
                error = failed
                continue
            made.settimeout(timeout if isinstance(timeout, (int, float)) else self.watch.seconds)
            self.watch.keep(made)
            return made
        raise error

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Give the pools connections of ours."""
        adapter = self

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.connect(self.host, self.port or 80, self.timeout)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.connect(self.host, self.port or 443, self.timeout)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class OneHop(requests.Session):
    """A session that never looks at where a redirect leads: its body would be read without any limit."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""
