"""The words of the site in the language that it speaks.

Every sentence for readers passes ``_`` (or ``several``, where a number decides between forms) where it is said, with
names in braces that are filled afterwards, so that a translation may put them elsewhere::

    _("Rows {first} to {last}.").format(first=1, last=200)

Templates write ``{{ _("...") }}`` and ``{% trans %}...{% endtrans %}``.
English needs no catalogue; another language is one file, ``locale/LANGUAGE/LC_MESSAGES/statlas.po``.
Labels of databases, fields and categories are data, and are not translated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO

ENGLISH = "en"
PSEUDO = "en-XA"
"""English with accents and in brackets: what shows without them on a page has not passed through here."""

_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{[^{}]*\}|<[^<>]*>|&#?\w+;)")
_ACCENTED = str.maketrans("AEIOUaeiouCcNnSsYy", "ÅÉÎÖÛåéîöûÇçÑñŠšÝý")

_site = ENGLISH
_here: ContextVar[str | None] = ContextVar("language", default=None)


def speak(language: str) -> None:
    """Speak this language from now on, in the whole process.

    Raises:
        ValueError: there is no catalogue for it.
    """
    global _site  # noqa: PLW0603 - a setting of the process, made once at its start
    _known(language)
    _site = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language here alone, as letters to one reader do."""
    _known(language)
    token = _here.set(language)
    try:
        yield
    finally:
        _here.reset(token)


def language() -> str:
    """The language spoken here: ``en``, ``cy``."""
    return _here.get() or _site


def languages() -> tuple[str, ...]:
    """Languages that can be spoken: English first, then those with a catalogue, then the pseudo-language."""
    found = (folder.name for folder in _catalogues().iterdir() if folder.is_dir())
    return (ENGLISH, *sorted(found), PSEUDO)


def gettext(text: str) -> str:
    """The words in the language spoken here; as they are where they have no translation."""
    spoken = language()
    if spoken == ENGLISH or not text:
        return text
    return _pseudo(text) if spoken == PSEUDO else _catalogue(spoken).gettext(text)


_ = gettext


def several(one: str, many: str, n: int) -> str:
    """The form for ``n``: ``several("{n} row", "{n} rows", n).format(n=n)``."""
    spoken = language()
    if spoken not in (ENGLISH, PSEUDO):
        return _catalogue(spoken).ngettext(one, many, n)
    chosen = one if n == 1 else many
    return _pseudo(chosen) if spoken == PSEUDO else chosen


def later(text: str) -> str:
    """Words of a constant, marked for translation; ``_`` translates them where they are said."""
    return text


def _catalogues() -> Traversable:
    """The folder with a folder for each language."""
    return resources.files("statlas").joinpath("locale")


@lru_cache(maxsize=8)
def _catalogue(language: str) -> GNUTranslations:
    """The translations of a language, read from its file."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English is spoken without it
    from babel.messages.pofile import read_po  # noqa: PLC0415 - ditto

    path = _catalogues().joinpath(language, "LC_MESSAGES", "statlas.po")
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _known(language: str) -> None:
    if language not in languages():
        raise ValueError(f"one of {', '.join(languages())} was expected")


def _pseudo(text: str) -> str:
    parts = _KEPT.split(text)
    return "⟦" + "".join(part if n % 2 else part.translate(_ACCENTED) for n, part in enumerate(parts)) + "⟧"
