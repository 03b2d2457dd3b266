"""The keys of `_quarto.yml` and of cells: those that the embedded engine honours, and the others that Quarto knows.

The others stand in `quarto.json`. Source: the schemas of Quarto,
https://github.com/quarto-dev/quarto-cli/tree/main/src/resources/schema
"""

from __future__ import annotations

import json
from pathlib import Path

from reportkit.model.markdown import FIGURE_SIZE

# What labels begin with.
LABELLED = (
    *("fig", "tbl", "eq", "lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "sol", "rem", "alg"),
    *("nte", "tip", "wrn", "cau", "imp"),
)
HONOURED = {
    "": frozenset(
        {"project", "book", "lang", "bibliography", "csl", "nocite", "format", "execute", "reportkit"}
        | {"metadata-file", "metadata-files"}
    ),
    "project": frozenset({"type", "execute-dir"}),
    "book": frozenset({"title", "subtitle", "author", "date", "chapters", "appendices", "downloads"}),
    "execute": frozenset({"echo", "eval", "include", "output", "error", "warning", "code-fold", *FIGURE_SIZE}),
    # `typst` is Quarto's name for the PDF that Typst makes.
    "format": frozenset({"html", "pdf", "typst", "epub", "docx"}),
    # What may stand at the top, for all formats, or below a format.
    "options": frozenset(
        {"number-sections", "number-depth", "toc", "toc-depth", "toc-title", "crossref", "language", "rights"}
        | {"cover-image", "css", "epub-cover-image", "keywords", "doi", "version"}
        | {"code-fold", "code-summary", "code-line-numbers", "code-annotations", *FIGURE_SIZE}
    ),
    # What may stand at the top or below `typst`.
    "typst": frozenset(
        {"papersize", "margin", "fontsize", "linestretch", "lof", "lot"}
        | {"mainfont", "codefont", "mathfont", "font-paths"}
    ),
    "crossref": frozenset(
        {"title-delim", "sec-prefix", "chapters", "ref-hyperlink", "lof-title", "lot-title", "appendix-title"}
        | {"labels", "subref-labels", "custom"}
        | {f"{kind}-{end}" for kind in LABELLED for end in ("title", "prefix", "labels")}
    ),
    # Some of them are for LaTeX alone.
    "custom": frozenset(
        {"kind", "key", "reference-prefix", "caption-prefix", "space-before-numbering", "caption-location"}
        | {"latex-env", "latex-list-of-file-extension", "latex-list-of-description"}
    ),
    "cell": frozenset(
        {"label", "tags", "eval", "error", "echo", "include", "output", "warning", "fig-cap", "fig-alt", "tbl-cap"}
        | {"fig-subcap", "tbl-subcap", "layout", "layout-ncol", "layout-nrow", "lst-label", "lst-cap"}
        | {"code-fold", "code-summary", "code-line-numbers", "filename", "fig-align", "tbl-colwidths"}
        | {*FIGURE_SIZE}
    ),
}
# What of an author is told beside the name.
AUTHOR = frozenset(
    {"acknowledgements", "affiliation", "affiliations", "attributes", "corresponding", "degrees", "email", "fax", "id"}
    | {"metadata", "note", "number", "orcid", "phone", "roles", "url"}
)
# Where notes on code stand; below it, wherever it is.
NOTES = ("below", "hover", "select", "none", True, False)
# Values that hold here anyway, most of them Quarto's defaults: who writes them down need not be told anything.
ANYWAY: dict[str, tuple[object, ...]] = {
    **{"code-annotations": ("below",), "fig-cap-location": ("bottom",), "tbl-cap-location": ("top",)},
    **{"jupyter": ("python3",), "code-copy": (True, "hover"), "code-tools": (False,), "lightbox": (True, "auto")},
    **{"page-navigation": (True,), "reader-mode": (False,), "link-citations": (True,), "citations-hover": (True,)},
    **{"footnotes-hover": (True,), "reference-location": ("document",)},
    **{"anchor-sections": (True,), "cache": (True,), "freeze": ("auto",), "html-math-method": ("mathml",)},
    **{"search": (True,), "toc-location": ("right",)},
}
KNOWN: dict[str, frozenset[str]] = {
    part: frozenset(names)
    for part, names in json.loads(Path(__file__).with_name("quarto.json").read_text(encoding="utf-8")).items()
}
