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


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(map(ipaddress.ip_network, text.split()))


NOT_PUBLIC = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
    "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 "
    "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 "
    "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
)
"""The special-purpose addresses of IANA's registries, multicast and 240.0.0.0/4; of IPv6 what lies
in `UNICAST`. Blocks that are globally reachable are among them: they are for services of the
network itself (6to4, AS112, AMT, TURN) and identifiers, and no page is there. The library's
`is_global` differs from release to release, and takes what is in no registry for public."""

UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA has set aside for global unicast of IPv6."""

MAPPED, NAT64, SIX_TO_FOUR = map(
    ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")
)
ISATAP = 0x5EFE
"""With 0 or 0x200 before it, and an IPv4 address behind it, the end of an ISATAP address."""


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet, and not one of this machine or its network.

    An IPv6 address that leads to an IPv4 address is as public as that. Forms in which none is
    public (translated ::ffff:0:0:0/96, NAT64 of one's own 64:ff9b:1::/48, Teredo 2001::/32) are
    outside `UNICAST` or in `NOT_PUBLIC`.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not _special(address)
    number = int(address)
    if address in MAPPED or address in NAT64:
        return is_public(_ipv4(number))
    if address in SIX_TO_FOUR:
        return is_public(_ipv4(number >> 80))
    if number >> 32 & 0xFDFFFFFF == ISATAP and not is_public(_ipv4(number)):
        return False
    return address in UNICAST and not _special(address)


def _special(address: Address) -> bool:
    return any(address in network for network in NOT_PUBLIC)


def _ipv4(number: int) -> ipaddress.IPv4Address:
    """The address in the last 32 bits."""
    return ipaddress.IPv4Address(number & 0xFFFFFFFF)


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
