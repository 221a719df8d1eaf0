"""Keeps the gettext catalogues in step with the messages in Python, the templates and the browser's modules."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "locales" / "messages.pot"
LANGUAGES = ["zh_Hans"]
SOURCES = {
    "app/**/*.py": "python",
    "engine/**/*.py": "python",
    "templates/**/*.html": "jinja2",
    "static/js/**/*.js": "javascript",
}

Message = str | tuple[str, ...]

# In JavaScript a call is found by its shape, not by parsing: Babel's lexer gets lost in nested template literals.
JS_STRING = r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
JS_CALL = re.compile(
    rf"(?<![\w$.])(_|gettext|ngettext)\(\s*(?:{JS_STRING}\s*(?:,\s*{JS_STRING}\s*)?(?=[,)])|)", re.DOTALL
)


def main() -> int:
    """Write the catalogues anew or, with ``--check``, tell what is stale, untranslated or unsure."""
    template = extract()
    written = {TEMPLATE: (template, to_text(template))}
    for language in LANGUAGES:
        path = ROOT / "locales" / language / "LC_MESSAGES" / "messages.po"
        catalogue = read(path, language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        written[path] = (catalogue, to_text(catalogue))

    if "--check" in sys.argv[1:]:
        faults = [fault for path, (catalogue, text) in written.items() for fault in find_faults(path, catalogue, text)]
        sys.stderr.writelines(f"{fault}\n" for fault in faults)
        return 1 if faults else 0
    for path, (_, text) in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return 0


def extract() -> Catalog:
    """Collect every message of the source tree into a template without translations."""
    catalogue = empty(None)
    old = read(TEMPLATE, None)
    catalogue.creation_date = old.creation_date  # a date that changed with every run would be a change without a change
    for pattern, method in SOURCES.items():
        for path in sorted(ROOT.glob(pattern)):
            for message, comments, context in extract_file(path, method):
                catalogue.add(message, None, [(path.relative_to(ROOT).as_posix(), 0)], (), comments, context=context)
    return catalogue


def extract_file(path: Path, method: str) -> Iterator[tuple[Message, list[str], str | None]]:
    """Find the messages of one file, each with the comments for its translator and its context."""
    if method == "javascript":
        for message in extract_javascript(path):
            yield message, [], None
    else:
        for _, message, comments, context in extract_from_file(
            method, path, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            yield message, comments, context


def extract_javascript(path: Path) -> Iterator[Message]:
    """Find the calls of ``_``, ``gettext`` and ``ngettext`` in one JavaScript file."""
    source = path.read_text(encoding="utf-8")
    for call in JS_CALL.finditer(source):
        function, *literals = call.groups()
        texts = [unquote(literal) for literal in literals if literal]
        if len(texts) == (2 if function == "ngettext" else 1):
            yield texts[0] if len(texts) == 1 else (texts[0], texts[1])
        elif not source[: call.start()].endswith("function "):  # not where the function itself is defined
            line = source.count("\n", 0, call.start()) + 1
            raise SystemExit(f"{path.relative_to(ROOT)}:{line}: a message must be one whole string literal")


def unquote(literal: str) -> str:
    """Read one quoted JavaScript string that holds no other escapes than quotes, backslashes and line ends."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], literal[1:-1])


def empty(language: str | None) -> Catalog:
    """Begin a catalogue, with a header that does not change with the year."""
    header = "# The messages of Backscope, under the same licence (MIT)."
    return Catalog(
        locale=language, project="Backscope", version="0", header_comment=header, charset="utf-8", fuzzy=False
    )


def read(path: Path, language: str | None) -> Catalog:
    """Read a catalogue, or begin one where there is none."""
    if not path.exists():
        return empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def to_text(catalogue: Catalog) -> bytes:
    """Write a catalogue as it lies in the repository: sorted by place, without line numbers or dead messages."""
    text = io.BytesIO()
    write_po(text, catalogue, width=100, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return text.getvalue()


def find_faults(path: Path, catalogue: Catalog, text: bytes) -> Iterator[str]:
    """Tell what is wrong with one catalogue."""
    name = path.relative_to(ROOT)
    if not path.exists() or path.read_bytes() != text:
        yield f"{name} is stale: run scripts/translations"
    if catalogue.locale is None:
        return
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.fuzzy or not all(strings):
            yield f"{name} lacks a translation of {message.id!r}"
        for error in message.check(catalogue):
            yield f"{name}: {message.id!r}: {error}"


if __name__ == "__main__":
    sys.exit(main())
