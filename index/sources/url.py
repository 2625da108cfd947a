"""A page of the web -> an article. Nothing but public addresses is ever connected to.

An address that somebody hands in may point into the network that this runs in, may come to do so
between a check and the connection, or by a redirect. So the name is resolved once, every address
it has must be global, the connection goes to that very address, and each redirect is checked anew.
"""

import ipaddress
import socket
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx2

from index.errors import ArticleError
from index.transport import GuardedTransport

SECONDS = 20.0
"""How long all of a page may take, redirects included."""

MAX_BYTES = 20_000_000
MOST_REDIRECTS = 5

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


HOLDS_IPV4 = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96")))
"""IPv6 addresses that end with an IPv4 address, and may be led there: the old form and NAT64's."""


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet, and not one of this machine or its network."""
    if isinstance(address, ipaddress.IPv6Address):
        if inner := _held(address):
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _held(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that it stands for, if it does."""
    if any(address in network for network in HOLDS_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class Page(NamedTuple):
    """The bytes at an address, the one that they came from in the end, and what they are said to
    be ("text/html"), if that is said."""

    data: bytes
    at: str
    media_type: str


def fetch(
    url: str, allowed: Callable[[Address], bool] = is_public, seconds: float = SECONDS
) -> Page:
    """What is at an http or https address.

    `allowed` says which addresses may be connected to. ArticleError says why there is nothing.
    """
    ends, at = time.monotonic() + seconds, url
    try:
        with httpx2.Client(
            transport=GuardedTransport(MAX_BYTES),
            trust_env=False,
            headers={"Accept-Encoding": "identity"},
        ) as client:
            for _ in range(MOST_REDIRECTS + 1):
                found = _step(client, httpx2.URL(at), allowed, ends, url)
                if isinstance(found, Page):
                    return found
                at = found
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise ArticleError(url, f"cannot be fetched: {error}") from error
    raise ArticleError(url, f"redirects more than {MOST_REDIRECTS} times")


def _step(
    client: httpx2.Client, at: httpx2.URL, allowed: Callable[[Address], bool], ends: float, url: str
) -> Page | str:
    """What is there, or where it is said to be instead."""
    if at.scheme not in ("http", "https") or not at.host:
        raise ArticleError(url, "is no http or https address")
    host = at.raw_host.decode("ascii")  # `at.host` may become another domain when it is encoded
    pinned = at.copy_with(host=str(_resolved(host, at, allowed, url)))
    request = client.build_request(
        "GET",
        pinned,
        headers={"Host": at.netloc.decode("ascii")},
        extensions={"sni_hostname": host, "timeout": httpx2.Timeout(_left(ends)).as_dict()},
    )
    response = client.send(request, stream=True)
    try:
        if response.is_redirect:
            return str(at.join(response.headers.get("location", "")))
        if response.status_code != httpx2.codes.OK:
            raise ArticleError(url, f"the server answers with status {response.status_code}")
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Page(response.read(), str(at), media_type)
    finally:
        response.close()


def _resolved(host: str, at: httpx2.URL, allowed: Callable[[Address], bool], url: str) -> Address:
    try:
        rows = socket.getaddrinfo(host, at.port or at.scheme, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ArticleError(url, f"the name {host} is not known") from error
    addresses = [ipaddress.ip_address(row[4][0]) for row in rows]
    if not addresses or not all(map(allowed, addresses)):
        raise ArticleError(url, "is not an address of the public internet")
    return addresses[0]


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout("it took too long")
    return left
