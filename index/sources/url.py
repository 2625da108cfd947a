"""A page of the web -> an article. Nothing but public addresses is ever connected to.

An address that somebody hands in may point into the network that this runs in, may come to do so
between a check and the connection, or by a redirect. So the name is resolved once, every address
it has must be global, the connection goes to that very address, and each redirect is checked anew.
"""

import ipaddress
import socket
import time
from collections.abc import Callable

import httpx2

from index.errors import ArticleError

SECONDS = 20.0
"""How long all of a page may take, redirects included."""

MAX_BYTES = 20_000_000
MOST_REDIRECTS = 5

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet, and not one of this machine or its network."""
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def fetch(url: str, allowed: Callable[[Address], bool] = is_public) -> tuple[bytes, str]:
    """The bytes at an http or https address, and the address that they came from in the end.

    `allowed` says which addresses may be connected to. ArticleError says why there is nothing.
    """
    ends, at = time.monotonic() + SECONDS, url
    try:
        with httpx2.Client(trust_env=False, headers={"Accept-Encoding": "identity"}) as client:
            for _ in range(MOST_REDIRECTS + 1):
                found = _step(client, httpx2.URL(at), allowed, ends, url)
                if isinstance(found, bytes):
                    return found, at
                at = found
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise ArticleError(url, f"cannot be fetched: {error}") from error
    raise ArticleError(url, f"redirects more than {MOST_REDIRECTS} times")


def _step(
    client: httpx2.Client, at: httpx2.URL, allowed: Callable[[Address], bool], ends: float, url: str
) -> bytes | str:
    """The bytes, or where they are said to be instead."""
    if at.scheme not in ("http", "https") or not at.host:
        raise ArticleError(url, "is no http or https address")
    pinned = at.copy_with(host=str(_resolved(at, allowed, url)))
    request = client.build_request(
        "GET",
        pinned,
        headers={"Host": at.netloc.decode("ascii")},
        extensions={"sni_hostname": at.host, "timeout": httpx2.Timeout(_left(ends)).as_dict()},
    )
    response = client.send(request, stream=True)
    try:
        if response.is_redirect:
            return str(at.join(response.headers.get("location", "")))
        if response.status_code != httpx2.codes.OK:
            raise ArticleError(url, f"the server answers with status {response.status_code}")
        return _body(response, ends, url)
    finally:
        response.close()


def _resolved(at: httpx2.URL, allowed: Callable[[Address], bool], url: str) -> Address:
    try:
        rows = socket.getaddrinfo(at.host, at.port or at.scheme, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ArticleError(url, f"the name {at.host} is not known") from error
    addresses = [ipaddress.ip_address(row[4][0]) for row in rows]
    if not addresses or not all(map(allowed, addresses)):
        raise ArticleError(url, "is not an address of the public internet")
    return addresses[0]


def _body(response: httpx2.Response, ends: float, url: str) -> bytes:
    held = bytearray()
    for part in response.iter_bytes():
        held += part
        if len(held) > MAX_BYTES:
            raise ArticleError(url, f"is larger than {MAX_BYTES:,} bytes")
        _left(ends)
    return bytes(held)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout(f"it took over {SECONDS:g} s")
    return left
