"""Resolving: text and results become one document per edition, translated, numbered and cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportkit.digest import digest_json
from reportkit.errors import Diagnostic, ResolveError, forgiven, raise_errors
from reportkit.model import ast
from reportkit.model.book import DOWNLOAD, FONT_ENDINGS, Book, Page
from reportkit.model.catalog import Catalog, load_catalog
from reportkit.model.execution import Execution
from reportkit.model.float_kinds import float_kinds, kind_terms, translated_crossref
from reportkit.model.markdown import READER_FORMAT, chapter_markdown, read_blocks
from reportkit.model.study import EditionSpec, Instance, Study
from reportkit.model.terms import load_terms, own_terms
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter, each
from reportkit.resolve.claims import find_claims, list_claims
from reportkit.resolve.conditions import apply_conditions
from reportkit.resolve.downloads import Package
from reportkit.resolve.embeds import embed_outputs
from reportkit.resolve.harmless import keep_harmless
from reportkit.resolve.images import cover_of, named_files, take_images
from reportkit.resolve.labels import find_clashes, publish_labels
from reportkit.resolve.marks import END, check_marks
from reportkit.resolve.numbers import Numbered, listed, number_chapters
from reportkit.resolve.outputs import Outputs
from reportkit.resolve.quotes import spell_quotes
from reportkit.resolve.readings import check_divisions, check_raw_html, take_formulas, take_raw
from reportkit.resolve.reference_list import print_citations
from reportkit.resolve.references import QuartoReferences, References
from reportkit.resolve.shortcodes import expand_shortcodes
from reportkit.resolve.titles import put_title_first
from reportkit.resolve.translation import translate_chapters
from reportkit.resolve.values import place_values
from reportkit.resolve.wording import Wording
from reportkit.resolve.words import put_words
from reportkit.world import study_date

DEFAULT_DEPTH = 3


def resolve_edition(
    study: Study,
    edition: EditionSpec,
    execution: Execution,
    pandoc: Pandoc,
    only: frozenset[str] | None = None,
    *,
    quarto: bool = False,
) -> tuple[Book, tuple[Diagnostic, ...]]:
    """Return an edition as a book, and the warnings of this stage.

    `only` keeps some pages: numbers stay those of the whole book, and references to what is left out become text.
    For `quarto` numbers, citations, words of callouts and raw markup are left to Quarto; all else is the same.
    Raises `ResolveError` with all faults in labels, references, citations, values, outputs and translations.
    """
    language = edition.language
    catalog, kinds = load_catalog(study, edition), float_kinds(study.options)
    terms = {**load_terms(language), **kind_terms(kinds, lambda word: catalog.labels.get(word, word))}
    terms |= own_terms(study.options) if language == study.language else {}
    faults: list[Diagnostic] = []
    wording = Wording(language, catalog.labels, study.language, terms)
    chapters, assets = _with_results(study, catalog, execution, pandoc, wording, faults, quarto)
    chapters = [chapter.with_blocks(spell_quotes(chapter.blocks, language)) for chapter in chapters]
    chapters = each(chapters, publish_labels, faults)
    faults += find_clashes(chapters)
    claims, unexpected = find_claims(chapters, study.language)
    chapters = list_claims(chapters, claims, wording, only)
    crossref = study.options.get("crossref") or {}
    worded = [put_words(chapter, terms) for chapter in chapters]
    numbered = number_chapters(worded, terms, _depth(study), crossref)
    package = Package(study)
    is_linked = crossref.get("ref-hyperlink") is not False
    references = References(numbered, terms, only, kinds, package, is_linked=is_linked)
    linked = [references.resolve(one) for one in numbered]
    kept = [one for one in linked if only is None or one.chapter.instance.name in only]
    kept, citation_faults = print_citations(study, kept, language, terms, only is None, pandoc)
    kept = list(map(listed, kept))
    cover = cover_of(study, faults) if "epub" in study.formats and not quarto else {}
    faults += [*unexpected, *references.faults, *citation_faults]
    warnings = raise_errors(ResolveError, forgiven(faults) if study.is_plain else faults)
    published = tuple(claim.published(wording) for claim in claims if only is None or claim.page in only)
    # A part of the book is named after the cases it tells of.
    cases = [one.headings[0].title for one in kept if only and one.chapter.instance.parameters]
    title = " – ".join([edition.title, *cases])
    if quarto:
        names = QuartoReferences(numbered, terms, only, kinds)
        bare = [names.resolve(replace(one, chapter=chapter)) for one, chapter in zip(numbered, chapters, strict=True)]
        kept = [one for one in bare if only is None or one.chapter.instance.name in only]
    book = _book(study, edition, kept, assets, wording)
    book = replace(book, files={**book.files, **cover})
    book = _for_quarto(book, study) if quarto else book
    has_downloads = any(ast.has_class(link, DOWNLOAD) for page in book.pages for link in ast.nodes(page.blocks, "Link"))
    return replace(book, title=title, claims=published, downloads=package.files if has_downloads else {}), warnings


def _for_quarto(book: Book, study: Study) -> Book:
    """Return a book with what `_quarto.yml` says and names; its own words are those of the source language."""
    ours = {"execute", "lang", "project", "reportkit", "chapters", "appendices", "metadata-file", "metadata-files"}
    ours |= {"language"} if book.language != study.language else set()
    told = {name: value for name, value in study.metadata.items() if name not in ours}
    if book.language != study.language and told.get("crossref"):
        crossref = translated_crossref(told.pop("crossref"), book.terms)
        told |= {"crossref": crossref} if crossref else {}
    told["book"] = {name: value for name, value in told.get("book", {}).items() if name not in ours}
    return replace(book, metadata=told, files={**book.files, **named_files(told, study.root)})


def _with_results(
    study: Study,
    catalog: Catalog,
    execution: Execution,
    pandoc: Pandoc,
    wording: Wording,
    faults: list[Diagnostic],
    quarto: bool,
) -> tuple[list[Chapter], dict[str, bytes]]:
    """Return the chapters in the edition's language, with values and outputs in place, and the files they need."""
    language = wording.language
    assets: dict[str, bytes] = {}
    chapters = each(read_chapters(study, execution, language, pandoc), check_marks, faults)
    chapters = each(chapters, lambda chapter: apply_conditions(chapter, _metadata(study, chapter)), faults)
    faults += check_divisions(chapters)
    chapters = each(chapters, put_title_first, faults)
    if language != study.language:
        chapters, found = translate_chapters(chapters, catalog, study.language, pandoc)
        faults += found
    if not quarto:
        chapters = each(chapters, take_raw, faults)
        faults += check_raw_html(chapters, study.formats)
    named = {"var": study.variables, "env": study.environment}
    chapters = each(
        chapters, lambda one: expand_shortcodes(one, {"meta": _metadata(study, one), **named}, pandoc), faults
    )
    chapters = each(chapters, lambda chapter: take_images(chapter, study.root, assets), faults)
    chapters = each(chapters, lambda chapter: place_values(chapter, wording, pandoc), faults)
    outputs = Outputs(wording, study.options, pandoc)
    placed = outputs.place(chapters)
    assets |= outputs.assets
    chapters, found = embed_outputs(each(placed, lambda chapter: keep_harmless(chapter, assets), faults))
    faults += found
    found = []
    if not quarto:
        chapters, found = take_formulas(chapters, pandoc)
    faults += [*outputs.faults, *found]
    return chapters, assets


def _metadata(study: Study, chapter: Chapter) -> Mapping[str, Any]:
    return {"title": study.title, **study.metadata, **chapter.instance.metadata}


def read_chapters(study: Study, execution: Execution, language: str, pandoc: Pandoc) -> list[Chapter]:
    """Return every instance as pandoc reads its one Markdown text, the mark of its end included."""
    texts = [chapter_markdown(instance.cells, study.options) for instance in study.instances]
    replies = pandoc([{"op": "read", "text": f"{text}\n\n{END}\n", "format": READER_FORMAT} for text in texts])
    read = (read_blocks(reply, _options(study, one)) for one, reply in zip(study.instances, replies, strict=True))
    return [
        Chapter(instance, blocks, execution.results.get((instance.name, language)))
        for instance, blocks in zip(study.instances, read, strict=True)
    ]


def _options(study: Study, instance: Instance) -> dict[str, Any]:
    """Return the book's options, with those of a chapter by which it is read."""
    notes = instance.metadata.get("code-annotations", _option(study, "code-annotations"))
    return {**study.options, "code-annotations": notes}


def _option(study: Study, name: str) -> Any:
    """Return an option that is one for all formats, wherever it stands, or None."""
    starts = ("", *(f"format.{fmt}." for fmt in ("html", "typst", "pdf", "epub", "docx")))
    return next((study.options[start + name] for start in starts if start + name in study.options), None)


def _depth(study: Study) -> int:
    """Return the lowest level of headings that carry numbers, 0 if none do."""
    depth = _option(study, "number-depth")
    if _option(study, "number-sections") is False:
        return 0
    return depth if isinstance(depth, int) else DEFAULT_DEPTH


def _book(
    study: Study,
    edition: EditionSpec,
    book: Sequence[Numbered],
    assets: Mapping[str, bytes],
    wording: Wording,
) -> Book:
    used = {image["c"][2][0] for one in book for image in ast.nodes(one.chapter.blocks, "Image")}
    return Book(
        language=edition.language,
        title=edition.title,
        subtitle=edition.subtitle,
        authors=study.authors,
        date=study_date(study.date),
        pages=tuple(_page(one, wording) for one in book),
        floats=tuple(found for one in book for found in one.floats),
        assets={name: data for name, data in assets.items() if name in used},
        terms=wording.terms,
        switch={other.language: other.title for other in study.editions if other != edition},
        source_digest=digest_json(study.inputs_of(edition.language)),
        options={**study.options, **edition.options},
        formats=study.formats,
        files={path: (study.root / path).read_bytes() for path in study.inputs if path.lower().endswith(FONT_ENDINGS)},
        styles={f"styles/{path}": (study.root / path).read_bytes() for path in study.styles},
    )


def _page(numbered: Numbered, wording: Wording) -> Page:
    instance = numbered.chapter.instance
    title = numbered.headings[0].title if numbered.headings else instance.name
    return Page(
        name=instance.name,
        number=numbered.number,
        title=title,
        blocks=numbered.chapter.blocks,
        headings=numbered.headings,
        part=wording.text(instance.part) if instance.part else None,
        appendix=instance.appendix,
        options=instance.metadata,
    )
