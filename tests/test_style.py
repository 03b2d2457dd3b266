"""The study's citation style: every form of citation and entry, in both languages, as pandoc prints it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from reportkit.process import run_pandoc

ROOT = Path(__file__).parents[1]
STYLE = ROOT / "styles" / "sozialwissenschaft.csl"

# What the author writes, and how it prints in German; English differs in the terms below and nothing else.
CITATIONS = {
    "[@dortmund2018, 30]": "(Stadt Dortmund 2018:\u00a030)",
    "[@zoernercerta2022, 219f.]": "(Zoerner/Certa 2022:\u00a0219f.)",
    "[@jessenschoenen2018, 22, 26]": "(Jessen/Schoenen 2018:\u00a022, 26)",
    "[@duisburg2013, 3f.]": "(Stadt Duisburg 2013:\u00a03f.)",
    "[@dortmund2019, 100ff.]": "(Stadt Dortmund 2019:\u00a0100ff.)",
    "[@duisburg2016, 8-12]": "(Stadt Duisburg 2016:\u00a08–12)",
    "[@duisburg2016{xii}]": "(Stadt Duisburg 2016:\u00a0xii)",
    "[@fischer2012, 16]": "(Fischer et al. 2012:\u00a016)",
    "[@ammon2017]": "(Amonn et al. 2017)",
    "[vgl. @bogumil2021]": "(vgl. Bogumil et al. 2021)",
    "[@diss2014; @matter2015]": "(DISS 2014; Matter 2015)",
    "[-@dortmund2018, 30]": "(2018:\u00a030)",
    "@duisburg2016": "Stadt Duisburg (2016)",
    "@duisburg2016 [30]": "Stadt Duisburg (2016:\u00a030)",
    "[@dortmund2018_zehnjahre]": "(„Zehn Jahre EU 2-Erweiterung“ 2018)",
    "[@taz_roma]": "(taz o.\u00a0J.)",
    "[@reinit_netvest]": "(Re/Init e.V. o.\u00a0J.-b)",
    "[@diss2014, 12] [@diss2014, 8]": "(DISS 2014:\u00a012) (ebd.:\u00a08)",
    "[@diss2014, 8] [@diss2014, 8]": "(DISS 2014:\u00a08) (ebd.)",
    "[@diss2014, 8] [@diss2014]": "(DISS 2014:\u00a08) (DISS 2014)",
    "[@diss2014] [vgl. @diss2014]": "(DISS 2014) (vgl. ebd.)",
    "[@diss2014] @diss2014 [8]": "(DISS 2014) DISS (ebd.:\u00a08)",
    "[@diss2014] [@taz_roma] [@diss2014]": "(DISS 2014) (taz o.\u00a0J.) (DISS 2014)",
    "[@diss2014; @matter2015] [@matter2015]": "(DISS 2014; Matter 2015) (Matter 2015)",
}
ENGLISH = {"ebd.": "ibid.", "o.\u00a0J.": "n.d.", "„": "“", "“": "”"}

WORKS = r"""
@book{book, author = {Beispiel, Anna and Muster, Bert}, title = {Ein Buch}, edition = {2}, date = {2001},
  location = {Essen}, publisher = {Verlag}, series = {Reihe}, number = {7}, langid = {ngerman}}
@collection{collection, editor = {Muster, Bert}, title = {Ein Sammelband}, date = {2002}, langid = {ngerman}}
@incollection{chapter, author = {Beispiel, Anna}, title = {Ein Beitrag}, booktitle = {Ein Sammelband},
  editor = {Muster, Bert and Zander, Cem}, date = {2002}, pages = {3-9}, publisher = {Verlag}, langid = {ngerman}}
@incollection{unsigned, title = {Ohne Namen}, booktitle = {Ein Bericht}, editor = {{Stadt Dortmund}}, date = {2018},
  langid = {ngerman}}
@article{journal, author = {Muster, Bert}, title = {Ein Aufsatz}, journaltitle = {Zeitschrift}, volume = {29},
  number = {6}, pages = {893-912}, date = {1983}, doi = {10.1000/182}, langid = {ngerman}}
@article{press, entrysubtype = {newspaper}, author = {{WAZ}}, title = {Ein Bericht}, date = {2014-07-17},
  url = {https://example.org/a}, langid = {ngerman}}
@online{page, author = {{Stadt Essen}}, title = {Eine Seite}, url = {https://example.org/b}, urldate = {2024-03-01},
  langid = {ngerman}}
@report{first, author = {{Stadt Dortmund}}, title = {Alpha}, type = {Positionspapier}, date = {2018},
  langid = {ngerman}}
@report{second, author = {{Stadt Dortmund}}, title = {Beta}, date = {2018}, note = {vermutlich ein anderer Titel},
  langid = {ngerman}}
@report{several, author = {Fischer and others}, title = {[Ohne Titel]}, date = {2012}, langid = {ngerman}}
"""
REFERENCES = {
    "de": [
        "Beispiel, Anna (2002): Ein Beitrag. In: Muster, Bert/Zander, Cem (Hrsg.): Ein Sammelband, S.\xa03–9. Verlag.",
        "Beispiel, Anna/Muster, Bert (2001): Ein Buch. 2. Aufl. Reihe 7. Essen: Verlag.",
        "Fischer et al. (2012): [Ohne Titel].",
        "Muster, Bert (1983): Ein Aufsatz. In: Zeitschrift 29 (6), S.\u00a0893–912, https://doi.org/10.1000/182",
        "Muster, Bert (Hrsg.) (2002): Ein Sammelband.",
        "Ohne Namen (2018): In: Stadt Dortmund (Hrsg.): Ein Bericht.",
        "Stadt Dortmund (2018a): Alpha. Positionspapier.",
        "Stadt Dortmund (2018b): Beta. Vermutlich ein anderer Titel.",
        "Stadt Essen (o.\u00a0J.): Eine Seite, https://example.org/b (abgerufen am 1. März 2024)",
        "WAZ (2014): Ein Bericht. 17. Juli 2014, https://example.org/a",
    ],
    "en-GB": [
        "Beispiel, Anna (2002): Ein Beitrag. In: Muster, Bert/Zander, Cem (eds): Ein Sammelband, pp.\xa03–9. Verlag.",
        "Beispiel, Anna/Muster, Bert (2001): Ein Buch. 2nd edn. Reihe 7. Essen: Verlag.",
        "Fischer et al. (2012): [Ohne Titel].",
        "Muster, Bert (1983): Ein Aufsatz. In: Zeitschrift 29 (6), pp.\u00a0893–912, https://doi.org/10.1000/182",
        "Muster, Bert (ed.) (2002): Ein Sammelband.",
        "Ohne Namen (2018): In: Stadt Dortmund (ed.): Ein Bericht.",
        "Stadt Dortmund (2018a): Alpha. Positionspapier.",
        "Stadt Dortmund (2018b): Beta. Vermutlich ein anderer Titel.",
        "Stadt Essen (n.d.): Eine Seite, https://example.org/b (accessed 1 March 2024)",
        "WAZ (2014): Ein Bericht. 17 July 2014, https://example.org/a",
    ],
}


def typeset(markdown: str, bibliography: Path, language: str | None) -> list[str]:
    """Return the paragraphs of a text and its reference list as plain text, every work listed."""
    head = {"bibliography": str(bibliography), "csl": str(STYLE), "nocite": "@*"}
    if language:
        head["lang"] = language
    text = f"---\n{json.dumps(head)}\n---\n\n{markdown}"
    document = run_pandoc([{"op": "read", "text": text, "format": "markdown"}])[0]
    processed = run_pandoc([{"op": "citeproc", "document": document}])[0]
    plain = run_pandoc([{"op": "write", "document": processed, "format": "plain"}])[0]
    return [line for line in plain.splitlines() if line]


def english(german: str) -> str:
    """Return a German citation with English terms."""
    return re.sub("|".join(map(re.escape, ENGLISH)), lambda match: ENGLISH[match[0]], german)


@cache
def citations(language: str) -> dict[str, str]:
    """Return each form as it prints, each in a section of its own."""
    sections = [f"# section {{.reset-citation-positions}}\n\n{form}\n\n" for form in CITATIONS]
    lines = typeset("".join(sections), ROOT / "bibliography.bib", language)
    return dict(zip(CITATIONS, lines[1::2], strict=False))


@pytest.mark.parametrize("form", CITATIONS)
def test_citation(form: str) -> None:
    assert citations("de")[form] == CITATIONS[form]
    assert citations("en-GB")[form] == english(CITATIONS[form])


@pytest.mark.parametrize("language", ["de", "en-GB"])
def test_reference_list(language: str, tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_text(WORKS, encoding="utf-8")
    assert typeset("", tmp_path / "works.bib", language) == REFERENCES[language]


def test_year_suffix_stands_in_citation(tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_text(WORKS, encoding="utf-8")
    printed = typeset("[@second; @first, 3]", tmp_path / "works.bib", "de")[0]
    assert printed == "(Stadt Dortmund 2018b; Stadt Dortmund 2018a:\u00a03)"


def test_style_speaks_german_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_text(WORKS, encoding="utf-8")
    assert typeset("[@page]", tmp_path / "works.bib", None)[0] == "(Stadt Essen o.\u00a0J.)"
