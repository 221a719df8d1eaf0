"""The languages of the interface: one gettext catalogue each, for Python, templates and browser.

Catalogues are read from their .po files at start: there is nothing to compile, and nothing that could be out of date.
"""

import gettext
import io
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.resources import LOCALES

SOURCE_LANGUAGE = "en"
"""The language that messages are written in; it has no catalogue."""

COOKIE = "language"


def N_(template: str) -> str:  # noqa: N802 - gettext's name for it
    """Mark a template for the message catalogues; the text itself stays English here."""
    return template


class Languages:
    """All languages there are."""

    def __init__(self, directory: Path = LOCALES) -> None:
        self._translations: dict[str, gettext.NullTranslations] = {SOURCE_LANGUAGE: gettext.NullTranslations()}
        self._messages: dict[str, dict[str, str | list[str]]] = {}
        for path in sorted(directory.glob("*/LC_MESSAGES/messages.po")):
            language = path.parts[-3].replace("_", "-")
            with path.open("rb") as file:
                catalogue = read_po(file, locale=path.parts[-3])
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            self._translations[language] = gettext.GNUTranslations(compiled)
            self._messages[language] = {
                message.id if isinstance(message.id, str) else message.id[0]: _plain(message.string)
                for message in catalogue
                if message.id and message.string and not message.fuzzy
            }

        # Browsers ask for zh-CN or zh; the catalogue says which script it is in.
        self._tags = {tag.partition("-")[0].lower(): tag for tag in self._translations}
        self._tags |= {tag.lower(): tag for tag in self._translations}

    @property
    def names(self) -> dict[str, str]:
        """Each language's own name, by its tag."""
        return {tag: Locale.parse(tag, sep="-").get_display_name() or tag for tag in self._translations}

    def translations(self, language: str) -> gettext.NullTranslations:
        """Return the catalogue of a language, or the source language's."""
        return self._translations.get(language, self._translations[SOURCE_LANGUAGE])

    def messages(self, language: str) -> dict[str, str | list[str]] | None:
        """Return what the browser needs of a catalogue: each message, and lists of plural forms."""
        return self._messages.get(language)

    def sentence(self, language: str, template: str, params: dict[str, Any]) -> str:
        """Return a template in a language, filled in."""
        return self.translations(language).gettext(template).format(**params)

    def choose(self, *wishes: str | None, header: str = "") -> str:
        """Return the first wish that is there, else the best for an Accept-Language header, else English."""
        for wish in wishes:
            if wish in self._translations:
                return wish
        for part in header.split(",")[:8]:
            tag = part.partition(";")[0].strip().lower()
            while tag:  # from the special to the general: zh-hans-sg, zh-hans, zh (RFC 4647, lookup)
                if tag in self._tags:
                    return self._tags[tag]
                tag = tag.rpartition("-")[0]
        return SOURCE_LANGUAGE


def _plain(string: str | tuple[str, ...] | list[str]) -> str | list[str]:
    return string if isinstance(string, str) else list(string)
