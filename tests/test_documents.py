"""Documents a person attaches: their words and tables, page by page, and a plain sentence where there are none to be had."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pydyf
import pytest
from docx import Document as Written
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter

from flipchart.gui import attach, documents
from flipchart.gui.session import Session
from flipchart.gui.store import Kept, Store
from flipchart.models import tables
from flipchart.models.events import Drawn, Request
from flipchart.renderers.problem import Problem
from flipchart.renderers.table_pasted import standing

QUARTERS = [("Quarter", "Revenue", "Costs"), ("Q1 2025", "412.5", "398.0"), ("Q2 2025", "655.2", "471.3"), ("Q3 2025", "902.8", "520.9")]
DAYS = ("seven", "eight", "nine", "ten")
PROSE = "times the ferries carried more people than in any year before, although storms closed the outer"


def printed(*pages: list[tuple[int, int, str]]) -> bytes:
    """A PDF with words at (x, y) points from the top left of each page."""
    pdf = pydyf.PDF()
    font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica", "Encoding": "/WinAnsiEncoding"})
    pdf.add_object(font)
    for words in pages:
        stream = pydyf.Stream()
        for x, y, line in words:
            stream.begin_text()
            stream.set_font_size("F1", 11)
            stream.set_text_matrix(1, 0, 0, 1, x, 800 - y)
            stream.show_text_string(line)
            stream.end_text()
        pdf.add_object(stream)
        box, held = pydyf.Array([0, 0, 595, 842]), pydyf.Dictionary({"Font": pydyf.Dictionary({"F1": font.reference})})
        pdf.add_page(
            pydyf.Dictionary(
                {"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": box, "Contents": stream.reference, "Resources": held}
            )
        )
    out = io.BytesIO()
    pdf.write(out)
    return out.getvalue()


def reported() -> bytes:
    """Four pages with a running head and foot; a table on the third."""
    prose = [
        [(40, 60, f"{word} {PROSE}"), (40, 74, f"line for {word} days. Fares rose by three per-"), (40, 88, f"cent in {word}.")]
        for word in DAYS
    ]
    table = [(40 + 130 * n, 140 + 16 * at, cell) for at, row in enumerate(QUARTERS) for n, cell in enumerate(row)]
    edges = [[(40, 20, "Harbour Cooperative"), *lines, (280, 780, f"Page {n} of 4")] for n, lines in enumerate(prose, 1)]
    edges[2][-1:] = [(40, 124, "Revenue by quarter"), *table, (280, 780, "Page 3 of 4")]
    return printed(*edges)


def worded() -> bytes:
    made = Written()
    made.add_heading("Annual report", 0)
    made.add_heading("Money", 1)
    made.add_paragraph("Fares rose by three percent in April.")
    made.add_paragraph("Anna leads the crews", style="List Bullet")
    made.add_paragraph("Revenue by quarter")
    table = made.add_table(rows=0, cols=3)
    for row in QUARTERS:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def shown() -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Where we stand", "Sales up\nCosts flat"
    slide.notes_slide.notes_text_frame.text = "Say hello first"
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Sales"
    data = CategoryChartData()
    data.categories = ["North", "South", "West"]
    data.add_series("2024", (10.5, 20, 30))
    data.add_series("2025", (12, 18.5, None))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(6), Inches(4), data)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def opened_text() -> bytes:
    """An OpenDocument text, as little of one as is read."""
    names = ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"), ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0")
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in (*names, ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0")))
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in QUARTERS
    )
    body = (
        '<text:h text:outline-level="2">Money</text:h><text:p>Fares <text:span>rose</text:span>.</text:p><text:list><text:list-item>'
        f"<text:p>One</text:p></text:list-item></text:list><text:p>Revenue by quarter</text:p><table:table>{rows}</table:table>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", attach.ODT)
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return out.getvalue()


PAGE = b"""<!doctype html><html><head><title>t</title><style>p{}</style></head><body><nav>Home</nav><h2>Money</h2>
<p>Fares <b>rose</b>
by three.</p><div>Loose words<br>here<ul><li>One</li></ul></div><script>alert(1)</script><h3>Revenue by quarter</h3>
<table><tr><th>Quarter<th>Revenue<tr><td>Q1<td>412.5<tr><td>Q2<td>655.2<tr><td>Q3<td>902.8</table></body></html>"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def words_of(store: Store, kept: Kept) -> str:
    assert kept.kind == "text"
    return store.path(kept.blob).read_text("utf-8")


def test_a_pdf_is_read_page_by_page_in_paragraphs_without_its_running_lines(store: Store) -> None:
    kept = attach.kept(store, "report.pdf", reported())
    text = words_of(store, kept)
    assert kept.about["pages"] == 4
    assert [f"[page {n}]" in text for n in range(1, 6)] == [True] * 4 + [False]
    assert all(f"{word} {PROSE} line for {word} days. Fares rose by three percent in {word}." in text for word in DAYS)
    assert "Harbour Cooperative" not in text and "of 4" not in text


@pytest.mark.parametrize(("name", "made"), [("a.pdf", reported), ("a.docx", worded), ("a.odt", opened_text), ("a.html", lambda: PAGE)])
def test_a_table_that_stands_in_a_document_is_a_table_of_its_own(store: Store, name: str, made: object) -> None:
    kept = attach.kept(store, name, made())  # type: ignore[operator]
    (inner,) = map(store.file, kept.about["tables"])
    assert inner.name == f"{name}: Revenue by quarter"
    table = attach.opened(inner, store.path(inner.blob)).table
    assert (table.rows, [column.name for column in table.columns][:2]) == (3, ["Quarter", "Revenue"])
    assert "412.5" in words_of(store, kept)


def test_a_question_about_such_a_table_is_answered_from_it_and_no_other_is(store: Store) -> None:
    session = Session.__new__(Session)
    session.store = store
    (file,) = session._files([attach.kept(store, "a.docx", worded()).id])

    def events(text: str) -> list[object] | None:
        answer = tables.answer(Request(text=text, files=(file,)))
        return None if answer is None else list(answer)

    drawn = [event for event in events("Revenue by quarter as a bar chart") or () if isinstance(event, Drawn)]
    assert drawn[0].spec.series[0].values == (412.5, 655.2, 902.8)  # type: ignore[attr-defined]
    assert "a.docx: Revenue by quarter" in drawn[0].spec.sources["series1.values"].detail
    assert [events(text) for text in ("Summarise this", "Who leads the crews?", "Make slides of this report")] == [None] * 3


def test_a_docx_keeps_its_headings_and_lists(store: Store) -> None:
    text = words_of(store, attach.kept(store, "a.docx", worded()))
    assert text.startswith("# Annual report\n\n# Money\n\nFares rose by three percent in April.\n\n- Anna leads the crews")


def test_a_deck_is_read_slide_by_slide_with_its_notes_and_the_figures_of_its_charts(store: Store) -> None:
    kept = attach.kept(store, "a.pptx", shown())
    text = words_of(store, kept)
    assert "[slide 1]\n# Where we stand\n- Sales up\n- Costs flat\nNotes: Say hello first" in text
    assert "| North | 10.5 | 12 |" in text and "| West | 30 |  |" in text
    assert kept.about["pages"] == 2 and len(kept.about["tables"]) == 1


def test_of_a_page_only_what_is_read_is_taken(store: Store) -> None:
    text = words_of(store, attach.kept(store, "a.html", PAGE))
    assert text.split("\n\n")[:4] == ["## Money", "Fares rose by three.", "Loose words here", "- One"]
    assert "alert" not in text and "Home" not in text


def test_a_document_is_read_as_far_as_there_is_room_and_that_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert documents._within(("a" * 400_000 for _ in range(3)), 3) == {"text": "a" * 400_000, "read": 1, "pages": 3}
    monkeypatch.setattr(documents, "opened", lambda *_: documents.Document("words", 12, 300))
    assert attach.kept(store, "a.pdf", b"%PDF-").about["notes"] == ["Only the first 12 of 300 pages are read"]


def test_what_cannot_be_read_is_refused_by_name(store: Store) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(reported())))
    writer.encrypt("secret", algorithm="AES-256")
    locked, unlocked = io.BytesIO(), io.BytesIO()
    writer.write(locked)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(reported())))
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(unlocked)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 60_000_000)
    for name, content, words in (
        ("locked.pdf", locked.getvalue(), "password"),
        ("scan.pdf", printed([], []), "scanned"),
        ("cut.pdf", reported()[:300], "damaged"),
        ("cut.docx", worded()[:-200], "damaged"),
        ("bomb.docx", bomb.getvalue(), "unpacks"),
        ("empty.html", b"<p></p>", "no words"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".docx"),
    ):
        with pytest.raises(Problem, match=words) as refused:
            attach.kept(store, name, content)
        assert name in str(refused.value)
    assert attach.kept(store, "mine.pdf", unlocked.getvalue()).about["pages"] == 4  # locked against changes alone


def test_tables_of_words_alone_are_left_in_the_text() -> None:
    words = "| Name | Task |\n|---|---|\n| Ann | Cook |\n| Bo | Wash |"
    figures = "## Hours\n\n| Name | 2024 |\n|---|---|\n| Ann | 4 |\n| Bo | 5 |"
    assert [above for above, _ in standing(f"{words}\n\n{figures}\n\n{figures.split('Hours')[1]}")] == ["Hours", ""]
