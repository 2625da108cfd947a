"""The language of a text that does not name it.

py3langid has its model in the wheel, reads byte n-grams and says the same at every run. It is
asked for the languages that newspapers are written in: a dialect or a creole that shares most of
its words with one of them would take from its certainty.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

DEFAULT_LANGUAGE = "en"
"""What is too short or too mixed to tell."""

LANGUAGES = (
    *("af", "am", "ar", "az", "be", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es"),
    *("et", "eu", "fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is"),
    *("it", "ja", "ka", "kk", "km", "kn", "ko", "lo", "lt", "lv", "mk", "ml", "mr", "ms", "mt"),
    *("my", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv"),
    *("sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "zh"),
)

SAMPLE_CHARS = 4_000
MIN_CONFIDENCE = 0.5
"""Of 1; a sentence of ten words has 0.9."""


def language_of(text: str) -> str:
    """The ISO 639 code of the language that most of the text's beginning is written in."""
    code, confidence = _identifier().classify(text[:SAMPLE_CHARS])
    return str(code) if confidence >= MIN_CONFIDENCE else DEFAULT_LANGUAGE


@cache
def _identifier() -> "LanguageIdentifier":
    """Made when first needed: it takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(LANGUAGES)
    return found
