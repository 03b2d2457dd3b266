"""The template of the PDF: settings, front matter, where figures and tables go, turned pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import pikepdf
import pypdfium2

from compile.sample import figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.process import run_pandoc

MM = 72 / 25.4
TEXT = "\n\n".join(f"Paragraph {number}. {'Words follow words in this line. ' * 12}" for number in range(9))
HIGH = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="{}"><rect width="400" height="{}"/></svg>'


def pdf_of(text: str, options: Mapping[str, Any] | None = None, **more: Any) -> bytes:
    book = resolve(study(instance("one", prose(text)), options=options or {}, **more))
    (made,) = compile_book(book, "pdf", run_pandoc).values()
    return made


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [(round(float(page.mediabox[2]) / MM), round(float(page.mediabox[3]) / MM)) for page in document.pages]


def letters(pdf: bytes, number: int) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Yield the letters of a page and where they stand: left, bottom, right, top."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[number].get_textpage()
    for at in range(page.count_chars()):
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(page, at))
        if not letter.isspace():
            yield letter, page.get_charbox(at)
    document.close()


def fonts(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = [
            str(font.BaseFont)
            for page in document.pages
            for font in page.get("/Resources", {}).get("/Font", {}).values()
        ]
    return {name.partition("+")[2] for name in names}


def test_paper_and_margins_are_settings() -> None:
    options = {"format.typst.papersize": "A5", "format.typst.margin": {"x": "15mm", "left": "30mm"}}
    pdf = pdf_of(f"# One\n\n{TEXT}\n", options)
    assert set(sizes(pdf)) == {(148, 210)}
    boxes = [box for _, box in letters(pdf, 3)]
    assert 29 * MM < min(box[0] for box in boxes) < 31 * MM
    assert 131 * MM < max(box[2] for box in boxes) < 134 * MM


def test_margins_may_all_be_the_same() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n: C {#tbl-x}"
    pdf = pdf_of(f"# One\n\n{table}\n\n{TEXT}\n", {"format.typst.margin": {"x": "25mm", "y": "25mm"}})
    boxes = [box for _, box in letters(pdf, 3)]
    assert 24 * MM < min(box[0] for box in boxes) < 26 * MM


def test_fonts_and_their_size_are_settings(tmp_path: Path) -> None:
    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "STIXGeneral.ttf")
    (tmp_path / "own.ttf").write_bytes(font.read_bytes())
    options = {"format.typst.mainfont": "STIXGeneral", "fontsize": "16px", "format.typst.codefont": "DejaVu Sans"}
    pdf = pdf_of("# One\n\nWords and `code`.\n", options, root=tmp_path, inputs={"own.ttf": ""})
    assert any("STIX" in name for name in fonts(pdf)) and "DejaVuSans" in fonts(pdf)
    word = [box for letter, box in letters(pdf, 3) if letter == "W"]
    plain = [box for letter, box in letters(pdf_of("# One\n\nWords\n", {"fontsize": "24px"}), 3) if letter == "W"]
    assert plain[0][3] - plain[0][1] > 1.3 * (word[0][3] - word[0][1])


def test_lines_stretch() -> None:
    def on_a_page(stretch: float) -> int:
        return len(texts(pdf_of(f"# One\n\n{TEXT}\n\n{TEXT}\n", {"linestretch": stretch}))[3])

    assert on_a_page(2) < 0.8 * on_a_page(1)


def test_the_pages_before_the_first_chapter_have_roman_numbers() -> None:
    pdf = pdf_of("# One\n\nText.\n\n## Two {.unnumbered}\n")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        labels = document.Root.PageLabels.Nums
        styles = {int(labels[at]): str(labels[at + 1].get("/S")) for at in range(0, len(labels), 2)}
    assert [styles[page] for page in (0, 1, 2, 3)] == ["/r", "/r", "/r", "/D"]
    contents = texts(pdf)[2]
    assert "iii" in contents and re.search(r"1 One \W*1\r?\n", contents)


def test_the_imprint_tells_how_to_cite() -> None:
    options = {"version": "1.2", "doi": "10.1/x", "rights": "CC BY 4.0"}
    said = " ".join(texts(pdf_of("# One\n", options))[1].split())
    assert "Ada $Beispiel: Zwei #Städte. Version 1.2. 31. Januar 2026. https://doi.org/10.1/x" in said
    assert "Rechte CC BY 4.0" in said and "Stand der Quellen " in said


def test_the_document_tells_its_keywords() -> None:
    with pikepdf.open(io.BytesIO(pdf_of("# One\n", {"keywords": ["Daten", "Städte"]}))) as document:
        assert str(document.docinfo["/Keywords"]) == "Daten, Städte"
        assert str(document.docinfo["/Author"]) == "Ada $Beispiel"


def test_lists_name_a_figure_by_the_first_part_of_its_caption() -> None:
    captions = {"fig-a": "All cases: twelve of them", "fig-b": "Cases of 2020. They are few", "fig-c": "z. B. cases"}
    cells = [figure(label, caption) for label, caption in captions.items()]
    book = resolve(study(instance("one", prose("# One\n"), *cells)), {"one": svg_result(1, 2, 3)})
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    front, body = " ".join(texts(pdf)[2].split()), " ".join(" ".join(texts(pdf)[3:]).split())
    assert all(caption in body for caption in captions.values())
    assert re.findall(r"Abbildung.1\.\d: (.+?) [. ]+ ?1", front) == ["All cases", "Cases of 2020", "z. B. cases"]


def test_lists_part_no_word() -> None:
    long = " ".join(["Donaudampfschifffahrt"] * 12)
    pdf = pdf_of(f"# One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n: {long} {{#tbl-a}}\n")
    listed = next(page for page in texts(pdf) if "Tabellen" in page)
    assert listed.count("Donaudampfschifffahrt") == 12


def test_there_are_no_lists_if_the_book_says_so() -> None:
    book = study(instance("one", prose("# One\n"), figure("fig-a")), options={"format.typst.lof": False})
    (pdf,) = compile_book(resolve(book, {"one": svg_result(1)}), "pdf", run_pandoc).values()
    assert "Abbildungen" not in " ".join(texts(pdf))


def test_a_high_figure_leaves_no_page_half_empty(tmp_path: Path) -> None:
    (tmp_path / "high.svg").write_text(HIGH.format(500, 500), encoding="utf-8")
    pdf = pdf_of(f"# One\n\n{TEXT}\n\n![High](high.svg){{#fig-high}}\n\n{TEXT}\n\nThe end.\n", root=tmp_path)
    pages = texts(pdf)[3:]
    assert all(len(page) > 1200 for page in pages[:-1]), [len(page) for page in pages]
    # Whoever listens hears the figure where it was written.
    with pikepdf.open(io.BytesIO(pdf)) as document:
        parts = [str(tag.S) for tag in document.Root.StructTreeRoot.K[0].K]
    kinds = [kind for kind in parts if kind in {"/H1", "/P", "/Div"}]
    assert kinds[kinds.index("/Div") :].count("/P") == 10


def test_figures_on_the_page_of_a_chapters_title_stand_below_it_in_their_order(tmp_path: Path) -> None:
    for first in (50, 300, 400, 700):
        for name, height in (("first", first), ("second", 60)):
            (tmp_path / f"{name}.svg").write_text(HIGH.format(height, height), encoding="utf-8")
        figures = "![First](first.svg){#fig-first}\n\nMore words.\n\n![Second](second.svg){#fig-second}"
        opening, *pages = texts(pdf_of(f"# One\n\nWords.\n\n{figures}\n\n{TEXT}\n", root=tmp_path))[3:]
        assert opening.startswith("1 One"), first
        whole = " ".join([opening, *pages])
        assert whole.index(": First") < whole.index(": Second"), first


def test_a_table_fills_the_page_that_has_no_room_for_a_figure_with_a_note(tmp_path: Path) -> None:
    opening = "\n\n".join(TEXT.split("\n\n")[:3])
    source = f"::: {{.source}}\nSource.[^n]\n:::\n\n[^n]: {'A long note. ' * 20}\n"
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n: Rows {#tbl-rows}\n"
    for height in range(440, 560, 20):
        (tmp_path / "high.svg").write_text(HIGH.format(height, height), encoding="utf-8")
        drawn = f"![Drawn](high.svg){{#fig-drawn}}\n\n{source}"
        pages = texts(pdf_of(f"# One\n\n{opening}\n\n{drawn}\n{table}\n{TEXT}\n", root=tmp_path))
        opens = next(page for page in pages if "Paragraph 2" in page)
        assert ": Drawn" in opens or ": Rows" in opens, height


def test_the_text_goes_on_up_to_a_figure_that_was_kept_off_the_page_before(tmp_path: Path) -> None:
    opening = "\n\n".join(TEXT.split("\n\n")[:3])
    (tmp_path / "high.svg").write_text(HIGH.format(460, 460), encoding="utf-8")
    source = f"::: {{.source}}\nSource.[^n]\n:::\n\n[^n]: {'A long note. ' * 20}\n"
    pdf = pdf_of(
        f"# One\n\n{opening}\n\n![Drawn](high.svg){{#fig-drawn}}\n\n{source}\n{TEXT}\n\n{TEXT}\n", root=tmp_path
    )
    number = max(at for at, text in enumerate(texts(pdf)) if ": Drawn" in text)
    document = pypdfium2.PdfDocument(pdf)
    bounds = [found.get_bounds() for found in document[number].get_objects()]
    top = next(top for _, bottom, _, top in bounds if top - bottom > 200)
    document.close()
    lines = 4 * 15  # the room above the figure, and lines that stay with those of the next page
    assert min(box[1] for _, box in letters(pdf, number) if box[1] > top) - top < lines


def test_figures_stay_where_they_are_in_a_chapter_of_figures(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(HIGH.format(60, 60), encoding="utf-8")
    parts = "".join(f"## Part {name}\n\nWords.\n\n![Of {name}](a.svg){{#fig-{name}}}\n\n" for name in "abcd")
    text = " ".join(texts(pdf_of(f"# One\n\n{parts}", root=tmp_path))[3:])
    places = [text.index(part) for name in "abcd" for part in (f"Part {name}", f"Of {name}")]
    assert places == sorted(places)


def test_a_source_stays_with_the_last_row() -> None:
    for rows in range(36, 60, 2):
        table = "| a |\n|---|\n" + "".join(f"| row {row} |\n" for row in range(rows))
        pages = texts(pdf_of(f"# One\n\n{table}\n: Rows {{#tbl-rows}}\n\n::: {{.source}}\nSource: us.\n:::\n"))
        assert all("row" in page for page in pages if "Source: us." in page)


def wide(columns: int, letters: int) -> str:
    cells = [chr(ord("a") + column) * letters for column in range(columns)]
    return f"| {' | '.join(cells)} |\n|{'---|' * columns}\n| {' | '.join(cells)} |\n\n: Wide {{#tbl-wide}}\n"


def test_four_rows_of_a_table_at_least_stand_together() -> None:
    rows = "".join(f"| row {number} | 1 |\n" for number in range(50))
    for lines in range(24, 48, 3):
        pdf = pdf_of("# One\n\n" + "A line.\n\n" * lines + f"| a | b |\n|---|---|\n{rows}\n: Fifty {{#tbl-rows}}\n")
        parts = [text.count("row ") for text in texts(pdf) if "row " in text]
        assert min(parts) >= 4 and sum(parts) == 50, lines
    number = next(at for at, text in enumerate(texts(pdf)) if "row 0" in text)
    lines_at = sorted({round(box[1], 1) for letter, box in letters(pdf, number) if letter == "w"}, reverse=True)
    apart = [above - below for above, below in pairwise(lines_at)]
    assert max(apart) - min(apart) < 0.5


def test_a_row_of_a_table_stays_on_one_page() -> None:
    rows = "".join(f"| row {number} | {'first ' + 'word ' * 60 + 'last'} |\n" for number in range(30))
    for lines in range(6):
        before = "A line.\n\n" * lines
        pages = texts(pdf_of(f"# One\n\n{before}| a | b |\n|---|---------|\n{rows}\n: Long rows {{#tbl-rows}}\n"))
        parts = [(page.count("first"), page.count("last")) for page in pages if "row " in page]
        assert len(parts) > 1 and all(begun == ended for begun, ended in parts), lines


def test_a_column_may_be_given_no_width() -> None:
    found = "".join(texts(pdf_of('# A\n\n| a | b |\n|---|---|\n| gone | here |\n\n: C {tbl-colwidths="[0,100]"}\n')))
    assert "here" in found


def test_a_table_leaves_references_whole(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(HIGH.format(60, 60), encoding="utf-8")
    rows = "".join(f"| {'x' * length} {'@fig-a, ' * 5} | {'word ' * 30} |\n" for length in range(1, 20))
    table = f"| a | b |\n|--|---|\n{rows}\n: References {{#tbl-rows}}\n"
    pdf = pdf_of(f"# One\n\n![Drawn](a.svg){{#fig-a}}\n\n{table}", root=tmp_path)
    number = max(at for at, text in enumerate(texts(pdf)) if ": References" in text)
    found = [*letters(pdf, number)]
    starts = [at for at in range(len(found)) if "".join(letter for letter, _ in found[at : at + 3]) == "Abb"]
    assert len(starts) > 9
    assert all("".join(letter for letter, _ in found[at : at + 9]) == "Abbildung" for at in starts)
    assert all(abs(found[at + 8][1][3] - found[at][1][3]) < 6 for at in starts)


def test_the_second_paragraph_of_a_note_is_indented() -> None:
    pdf = pdf_of("# One\n\nWords.[^n]\n\n[^n]: The first.\n\n    Zwei.\n")
    number = next(at for at, text in enumerate(texts(pdf)) if "Zwei." in text)
    (left,) = [box[0] for letter, box in letters(pdf, number) if letter == "Z"]
    assert left - 27 * MM > 5


def test_a_narrow_picture_stands_over_the_beginning_of_its_caption(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(HIGH.format(400, 400), encoding="utf-8")
    pdf = pdf_of("# One\n\n![Drawn](a.svg){#fig-a width=100px}\n", root=tmp_path)
    number = max(at for at, text in enumerate(texts(pdf)) if ": Drawn" in text)
    document = pypdfium2.PdfDocument(pdf)
    bounds = [found.get_bounds() for found in document[number].get_objects()]
    document.close()
    (left,) = [left for left, bottom, _, top in bounds if top - bottom > 50]
    assert abs(left - 27 * MM) < 1


def test_a_table_too_wide_for_the_page_gets_smaller_type_then_a_turned_page() -> None:
    # Words with a digit do not hyphenate.
    for columns, turned in ((9, False), (11, False), (16, True), (30, True)):
        words = [f"wort{column:03}n" for column in range(columns)]
        row = f"| {' | '.join(words)} |\n"
        pdf = pdf_of(f"# One\n\n{row}|{'---|' * columns}\n{row}\n: Wide {{#tbl-wide}}\n\nAfter.\n")
        number = next(at for at, text in enumerate(texts(pdf)) if words[0] in text)
        width, _ = sizes(pdf)[number]
        assert (width == 297) is turned, columns
        assert all(box[0] >= 26 * MM and box[2] <= (width - 26) * MM for _, box in letters(pdf, number)), columns
        text = " ".join(texts(pdf)[number].split())
        assert [word for word in words if text.count(word) < 2] == [], columns


def test_a_table_turns_within_a_division_that_links_lead_to() -> None:
    words = [f"wort{column:03}n" for column in range(20)]
    row = f"| {' | '.join(words)} |\n"
    pdf = pdf_of(
        f"# One\n\n{TEXT}\n\n::: {{#there}}\n{row}|{'---|' * 20}\n{row}\n: Wide {{#tbl-w}}\n:::\n\n[Go](#there)\n"
    )
    turned = sizes(pdf).index((297, 210))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        targets = [note.Dest[0].objgen for note in document.pages[-1].Annots]
        assert targets == [document.pages[turned - 1].objgen] or targets == [document.pages[turned].objgen]


def test_columns_of_a_wide_table_share_the_page_by_their_words() -> None:
    long = "Many words that make a long text in this cell and go on. " * 5
    table = f"| key | text | other | number |\n|-|-|-|-:|\n| identifier_of_22_words | {long} | {long} | 12345 |\n"
    pdf = pdf_of(f"# One\n\n{table}\n: Wide {{#tbl-wide}}\n")
    assert "identifier_of_22_words" in texts(pdf)[3] and "12345" in texts(pdf)[3]
    assert (297, 210) not in sizes(pdf)


def test_a_division_lies_on_turned_pages_with_running_heads(tmp_path: Path) -> None:
    (tmp_path / "small.svg").write_text(HIGH.format(100, 100), encoding="utf-8")
    rows = "".join(f"| row {row} | {row} |\n" for row in range(60))
    inside = f"![Small](small.svg){{#fig-small}}\n\n| a | b |\n|---|---|\n{rows}\n: Rows {{#tbl-rows}}"
    pdf = pdf_of(f"# One\n\n{TEXT}\n\n::: {{.landscape}}\n{inside}\n:::\n\nAfter.\n", root=tmp_path)
    turned = [number for number, size in enumerate(sizes(pdf)) if size == (297, 210)]
    assert len(turned) >= 2 and sizes(pdf)[-1] == (210, 297)
    assert all(texts(pdf)[number].startswith("1 One") for number in turned)
    assert all(re.search(r"\ba\s+b\s+row", texts(pdf)[number]) for number in turned if "row 1" in texts(pdf)[number])


def test_lists_name_what_has_a_number_alone() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    pdf = pdf_of(f"# One\n\n{table}: Numbered {{#tbl-x}}\n\nText.\n\n{table}: Bare\n")
    pages = [page for page in texts(pdf) if "Numbered" in page]
    assert len(pages) == 2 and ["Bare" in page for page in pages] == [False, True]
