"""Who asks: a key's holder or, while there are no keys, anybody on this machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from index.errors import Forbidden, QAError, Unauthorized
from qa.api.dependencies import dependencies_of
from qa.keys import Scope

_bearer = HTTPBearer(auto_error=False, description="A key of `qa keys add`, if there are keys.")

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def may_ask(request: Request, credentials: Credentials) -> None:
    """A dependency: Unauthorized, Forbidden or TooManyRequests unless the caller may ask."""
    _admit(request, credentials, "ask")


async def may_write(request: Request, credentials: Credentials) -> None:
    """The same for those who add and remove articles."""
    _admit(request, credentials, "write")


def _admit(request: Request, credentials: Credentials, scope: Scope) -> None:
    app = dependencies_of(request)
    caller = f"address {request.client.host if request.client else ''}"
    if app.needs_key or app.keys.all():
        key = app.keys.find(credentials.credentials) if credentials else None
        if key is None:
            told = "this key is unknown" if credentials else "a key is needed"
            raise Unauthorized(told, "send `Authorization: Bearer KEY`; `qa keys add` makes one")
        if not key.may(scope):
            raise Forbidden(f"the key {key.name!r} may not write", "use one of scope write")
        caller = f"key {key.name}"
    request.state.caller = caller
    app.rates.count(caller)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which hosts and origins a server on loopback answers to; to all its addresses, anyway.

    A page of another site can make a browser send requests here, under its own name (`Origin`)
    or, by changing what its name resolves to, under ours (`Host`).
    """

    origins: frozenset[str]
    hosts: frozenset[str]

    @classmethod
    def of(cls, origins: Iterable[str]) -> "Neighbours":
        """This machine, and the origins that the settings name."""
        allowed = frozenset(origins)
        named = {_hostname(origin.partition("://")[2]) for origin in allowed}
        return cls(allowed, frozenset({"localhost", *named}))

    def refusal(self, headers: Mapping[str, str]) -> QAError | None:
        """Why a request with these headers is not answered."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if _hostname(host) not in self.hosts and not _is_loopback(_hostname(host)):
            return Forbidden("this is not the name of this server", _ORIGINS)
        if origin is None or origin in self.origins or origin.partition("://")[2] == host:
            return None
        return Forbidden("pages of this origin may not use this server", _ORIGINS)


_ORIGINS = "QA_ORIGINS names the origins, and by that the hosts, that may"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
