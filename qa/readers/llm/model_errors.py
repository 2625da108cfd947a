"""Errors of openai, httpx2 and json as ours, and what the server's refusals mean. One place."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from index.errors import ContextOverflow, ModelError, ModelTimeout

LATER = "ask again, or leave QA_LLM empty to do without a model"

_OVERFLOW_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_OVERFLOW = re.compile(
    r"context[ _-]?(length|size|window|shift)|maximum (context|model|prompt|number of (input )?tok)"
    r"|(prompt|input|request|message)s?\b.{0,80}\b(too (long|large)|exceeds?|longer than|reduce)"
    r"|reduce the length|tokens? (limit|count) exceed|max_new_tokens.{0,20}must be",
    re.IGNORECASE | re.DOTALL,
)

_HELPFUL = re.compile(r"\b(param(eter)?s?|unsupported|not supported|unknown field|model)\b", re.I)
_SECRET = re.compile(r"\b(sk-|bearer\s+|api[_ -]?key\W+)[^\s,;'\"}]+", re.IGNORECASE)


@contextmanager
def translated(model: str) -> Iterator[None]:
    """ModelError, ModelTimeout or ContextOverflow for whatever the libraries below raise."""
    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise timed_out(model) from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ModelError("the language model refused the key", "check OPENAI_API_KEY") from error
    except openai.NotFoundError as error:
        raise ModelError(
            f"the server does not know the model {model}",
            "check QA_LLM and OPENAI_BASE_URL",
        ) from error
    except openai.RateLimitError as error:
        raise ModelError("the language model is busy (status 429)", LATER) from error
    except openai.APIConnectionError as error:
        raise ModelError(
            f"the language model cannot be reached: {_short(error.__cause__ or error)}",
            "check OPENAI_BASE_URL, and that the server runs",
        ) from error
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, RecursionError) as error:
        if isinstance(error, openai.APIError) and overflows(error):
            raise ContextOverflow(
                f"the prompt is too long for the language model: {_short(error)}",
                "set QA_LLM_WINDOW to the tokens that its server takes",
            ) from error
        raise ModelError(f"the language model failed: {_cause(error)}", LATER) from error


def timed_out(model: str) -> ModelTimeout:
    """What is raised when the deadline is over."""
    return ModelTimeout(
        f"the language model {model} did not answer in time",
        "raise QA_DEADLINE_SECONDS, or leave QA_LLM empty to do without a model",
    )


def overflows(error: openai.APIError) -> bool:
    """Whether the prompt does not fit: by code, then type, then wording."""
    if error.code in _OVERFLOW_CODES or error.type in _OVERFLOW_CODES:
        return True
    status = error.status_code if isinstance(error, openai.APIStatusError) else 400
    return status in (400, 413, 422, 500) and bool(_OVERFLOW.search(error.message[:2_000]))


def retry_seconds(error: openai.OpenAIError, attempt: int) -> float:
    """What the server asks for in `Retry-After`, else half a second, doubled with each attempt."""
    asked = ""
    if isinstance(error, openai.APIStatusError):
        asked = error.response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", asked):
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.5 * float(2**attempt)


def _cause(error: BaseException) -> str:
    """Our libraries' words; those of a server, which may tell its secrets, only where they help."""
    if not isinstance(error, openai.APIError):
        return _short(error)
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    if status is None:
        return "its server told of an error"
    if status in (400, 422) and _HELPFUL.search(error.message[:2_000]):
        return _short(error)
    return f"its server answered with status {status}"


def _short(error: BaseException) -> str:
    words = _SECRET.sub("***", " ".join(str(error).split()))
    return words[:200] or type(error).__name__
