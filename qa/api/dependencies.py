"""What the routes work with, named once, and what their addresses and bodies may say."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    PlainValidator,
    WithJsonSchema,
)

from index.errors import InvalidRequest
from index.model import Filters
from index.sources.dates import to_utc
from qa.answer import Turn
from qa.api.offsets import Unit
from qa.keys import Keys
from qa.service import Local
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.api.answers import Answers
    from qa.api.limits import Admission, Rates
    from qa.api.logs import Log
    from qa.api.routes.health import Health
    from qa.api.routes.prometheus import Metrics
    from qa.api.streams import Steps


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What `make_app` was given, and what it made of it."""

    service: Local
    settings: Settings
    keys: Keys
    needs_key: bool
    """Whether there is no doing without a key, even if there are none."""
    answers: "Answers"
    metrics: "Metrics"
    health: "Health"
    rates: "Rates"
    answering: "Admission"
    searching: "Admission"
    writing: "Admission"
    steps: "Steps"
    """Has as many threads as answers are written at once, so nobody waits for one."""
    log: "Log"


def dependencies_of(request: Request) -> Dependencies:
    """The dependencies of the app that a request came to."""
    found: Dependencies = request.app.state.dependencies
    return found


def _service(request: Request) -> Local:
    return dependencies_of(request).service


Service = Annotated[Local, Depends(_service)]


def only_known(request: Request) -> None:
    """A dependency: InvalidRequest if the address has a parameter that its route does not know."""
    known = _parameters(request.scope["route"])
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        told = f"it takes {', '.join(known)}" if known else "it takes none"
        faults = [(name, "is no parameter of this address") for name in unknown]
        raise InvalidRequest(" ".join(faults[0]), told, faults)


def _parameters(route: APIRoute) -> tuple[str, ...]:
    """The names of what may stand behind the `?` of its address."""
    fields = get_flat_params(route.dependant)
    return tuple(one.alias for one in fields if isinstance(one.field_info, params.Query))


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None
    return text


def _moment(given: object) -> datetime:
    return to_utc(_whole(given) if isinstance(given, str) else given)


def _said(turn: Turn) -> Turn:
    _whole(turn.question + turn.answer)
    return turn


Text = Annotated[str, AfterValidator(_whole)]
"""Whole characters: `"\\ud800"` is JSON, but nothing that can be stored or sent."""

Said = Annotated[Turn, AfterValidator(_said)]
"""The same in a turn of a conversation."""

Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2024-12-31", "2024-12-31T18:30:00Z"]}),
]
"""A date as `index.sources.dates` reads it; without a zone in UTC."""

Strings = Annotated[
    list[Text],
    FailFast(),
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
]
"""One or several."""

Offsets = Annotated[
    Unit,
    Query(description="What `start` and `end` count: `utf16` is what JavaScript's strings do."),
]


class Body(BaseModel):
    """What a request may say; anything else is refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class FilterBody(Body):
    """Which articles count; all do without."""

    source: Strings = []
    article: Strings = []
    """Ids."""
    after: Moment | None = None
    """Published then or later."""
    before: Moment | None = None
    """Published earlier."""

    def filters(self) -> Filters:
        """As the library takes them."""
        return Filters(tuple(self.source), tuple(self.article), self.after, self.before)


def _filters(
    source: Annotated[list[str] | None, Query(description="Only from these sources.")] = None,
    article: Annotated[list[str] | None, Query(description="Only these articles (ids).")] = None,
    after: Annotated[Moment | None, Query(description="Published then or later.")] = None,
    before: Annotated[Moment | None, Query(description="Published earlier.")] = None,
) -> Filters:
    return Filters(tuple(source or ()), tuple(article or ()), after, before)


QueryFilters = Annotated[Filters, Depends(_filters)]
