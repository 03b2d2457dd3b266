"""Labels of locators ("p. 3", "S. 3") and words before a work ("cf.", "vgl.") as the edition's language has them.

They may be written in the other language. Pandoc knows the labels of one language at a time. Source: the locale files
of the Citation Style Language, https://github.com/citation-style-language/locales; labels that mean two things in
different languages are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reportkit.model import ast
from reportkit.model.book import Inlines, Node

# The first form of each language is the one that is written.
LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "chapter": {"de": ("Kap.", "Kapitel"), "en": ("chap.", "chaps.", "chapter", "chapters")},
    "column": {"de": ("Sp.", "Spalte", "Spalten"), "en": ("col.", "cols.", "column", "columns")},
    "figure": {"de": ("Abb.", "Abbildung", "Abbildungen"), "en": ("fig.", "figs.", "figure", "figures")},
    "issue": {"de": ("Nr.", "Nummer"), "en": ("no.", "nos.", "number", "numbers")},
    "line": {"de": ("Z.", "Zeile", "Zeilen"), "en": ("l.", "ll.", "line", "lines")},
    "page": {"de": ("S.", "Seite", "Seiten"), "en": ("p.", "pp.", "page", "pages")},
    "paragraph": {"de": ("Abs.", "Absatz", "Absätze"), "en": ("para.", "paras.", "paragraph", "paragraphs")},
    "part": {"de": ("Teil", "Teile"), "en": ("pt.", "pts.", "part", "parts")},
    "section": {"de": ("Abschn.", "Abschnitt", "Abschnitte"), "en": ("sec.", "secs.", "section", "sections")},
    "volume": {"de": ("Bd.", "Bde.", "Band", "Bände"), "en": ("vol.", "vols.", "volume", "volumes")},
}
# The word right before a work, one place for each meaning.
SIGNALS: Mapping[str, tuple[str, ...]] = {"de": ("vgl.", "Vgl.", "siehe", "Siehe"), "en": ("cf.", "Cf.", "see", "See")}
MEANINGS = {word: place for words in SIGNALS.values() for place, word in enumerate(words)}
NAMES = {form: name for name, forms in LABELS.items() for written in forms.values() for form in written}
TOKEN = re.compile(r"(?P<label>\w+\.?)(?P<rest>\xa0.*)?", re.DOTALL)
COUNTED = re.compile(r"\d|[ivxlc]+\b", re.IGNORECASE)


def localise(citation: Node, language: str) -> Node:
    """Return one of a `Cite`'s citations with the words around it in a language (BCP 47), where it is known.

    These are the labels of its locators, and "cf." or "see" right before the work.
    """
    spoken, suffix = language.partition("-")[0], citation["citationSuffix"]
    written = [
        _localised(inline, ast.plain_text(suffix[at + 1 :]).lstrip(), spoken) for at, inline in enumerate(suffix)
    ]
    return {**citation, "citationPrefix": _signalled(citation["citationPrefix"], spoken), "citationSuffix": written}


def _signalled(prefix: Inlines, language: str) -> Inlines:
    *before, last = prefix or [ast.word("")]
    place = MEANINGS.get(last["c"]) if last["t"] == "Str" else None
    return prefix if place is None or language not in SIGNALS else [*before, ast.word(SIGNALS[language][place])]


def _localised(inline: Node, following: str, language: str) -> Node:
    found = TOKEN.fullmatch(inline["c"]) if inline["t"] == "Str" else None
    forms = LABELS.get(NAMES.get(found["label"], ""), {}).get(language) if found else None
    if found is None or forms is None:
        return inline
    rest = found["rest"] or ""
    return ast.word(f"{forms[0]}{rest}") if COUNTED.match(rest.strip() or following) else inline


def localised(cites: Inlines, language: str) -> Inlines:
    """Return `Cite` nodes with the words around their citations in a language, as `localise` does."""
    return [
        {"t": "Cite", "c": [[localise(citation, language) for citation in cite["c"][0]], cite["c"][1]]}
        for cite in cites
    ]
