"""Typst files: what is written, that text stays text; and the PDF files that are made of them."""

import re
import sys

import pages
import pytest
from pages import EVIL, FLOW, HEAT, n, obeyed, s

from rnncalc.document import (
    Answer,
    Bars,
    Block,
    Derivation,
    Document,
    Fields,
    Given,
    Heading,
    Listing,
    Notice,
    Part,
    Prose,
    Space,
    Table,
)
from rnncalc.errors import UsageError
from rnncalc.formats import pdf
from rnncalc.formats.typst import write
from rnncalc.formula import Blank, Tuple, row
from rnncalc.languages import Code


def body(document: Document) -> str:
    return write(document).partition("#line(length: 100%, stroke: 0.8pt)\n")[2].strip("\n")


def test_page() -> None:
    head, _, rest = write(Document('A "B"', (), "C", "vi")).partition("\n")
    assert head == r'#set document(title: "A \"B\"", date: none)'
    assert 'lang: "vi"' in rest
    assert '\n#text(size: 1.6em, weight: "bold")[#"A \\"B\\""]\n\n#aside[#"C"]\n\n#line' in rest


BLOCKS: list[tuple[Block, str]] = [
    (Heading(1, "Time step 1"), '#heading(level: 1)[#"Time step 1"]'),
    (
        Heading(2, "Gate", "1", "how much"),
        '#heading(level: 2)[#"1 ·" #"Gate" #h(0.8em) #aside[#"how much"]]',
    ),
    (Prose(("of ", row(s("h", "1")))), '#"of "$h_(1)$'),
    (Prose((Code('a"b`#'), " x")), '#raw("a\\"b`#")#" x"'),
    (Notice("note", ("x",), "Lưu ý"), '#notice("note")[*#"Lưu ý":* #"x"]'),
    (
        Given((((row(s("b")), row(s("c"))), row(n("5"))), ((row(s("W")),), row(n("1"))))),
        '#given([*#"Given"*], box($b = c = 5$), box($W = 1$))',
    ),
    (
        Derivation((pages.equals(row(n("2"), pages.PLUS, n("3")), ("easy",), left=row(s("h"))),)),
        '#derivation(\n  [$display(h =)$],\n  beside[$display(2)$ $display(+ med 3)$][#working[#"easy"]],\n)',
    ),
    (
        Derivation((pages.equals(row(n("5")), ("easy" * 30,)),)),
        f'#derivation(\n  [$display(=)$],\n  [$display(5)$],\n  [],\n  [#working[#"{"easy" * 30}"]],\n)',
    ),
    (
        Derivation((pages.equals(row(n("1" * 90))),)),
        f"#derivation(\n  [$display(=)$],\n  [#fitted($display({'1' * 90})$)],\n)",
    ),
    (
        Table((("t",), (row(s("h")),)), ((("1",), ("0.5",)),)),
        '#short(table(columns: 2, table.header([#"t"], [$h$]), table.hline(stroke: 0.6pt),\n  [#"1"], [#"0.5"],\n))',
    ),
    (
        Bars((("t",), ("size",)), ((("1",), ("0.5",)), (("2",), ())), ((0.25,), (0.0,))),
        '#short(table(columns: (auto, 1fr), table.header([#"t"], [#"size"]), table.hline(stroke: 0.6pt),\n'
        '  [#"1"], [#box(width: 4.2em)[#"0.5"] #bar(0.25)],\n  [#"2"], [],\n))',
    ),
    (Listing((("a_b",), ("  c",))), '#listing("a_b", "  c")'),
    (
        Answer(row(s("h", "1")), "approx", row(n("0.5")), (("rounded",),)),
        '#answers([#box(width: 5em)[*#"Answer"*]$display(h_(1))$ $display(≈ 0.5)$ #h(0.8em) #working[#"rounded"]])',
    ),
    (Fields(("Name", "Date")), '#fields("Name", "Date")'),
    (Space(3), "#block(height: 5.4em, sticky: true)"),
    (
        Answer(row(s("h")), "equals", row(Tuple((Blank(5), Blank(5))))),
        '#answers([#box(width: 5em)[*#"Answer"*]$display(h)$ $display(= (blank(#4em) comma blank(#4em)))$])',
    ),
    (
        HEAT,
        '#short(table(columns: 3, table.header([#"t"], [#"1"], [#"2"]), table.hline(stroke: 0.6pt),\n'
        '  [$f$], [#shade(0.25)[#"0.25"]], [],\n))',
    ),
]


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_block(block: Block, expected: str) -> None:
    assert body(Document("t", (block,))) == expected


def test_an_exercise_of_several() -> None:
    page = write(Document("t", (Part("LSTM", "2", "5 points", "A book"),)))
    assert page.endswith(
        '#pagebreak(weak: true)\n\n#text(size: 1.6em, weight: "bold")[#"2" · #"LSTM" #h(0.8em) #aside[#"5 points"]]\n\n'
        '#aside[#"A book"]\n\n#line(length: 100%, stroke: 0.8pt)\n'
    )


def test_a_graph_is_a_picture() -> None:
    shown = body(Document("t", (FLOW,)))
    assert shown.startswith('#fitted(image(bytes("<svg xmlns=')
    assert shown.endswith('format: "svg", alt: "A flow: x sub t → f sub t; f sub t → h tilde (1) sub t"))')


def test_text_stays_text() -> None:
    """Outside quotation marks a text that typst would obey leaves nothing but signs and letters of formulas."""
    strings = re.compile(r'"(?:[^"\\]|\\.)*"')
    outside = strings.sub("", write(obeyed(EVIL)))
    assert "read" not in outside
    assert "script" not in outside
    calls = re.compile("#[a-z]+")
    harmless = strings.sub("", write(obeyed("x")))
    assert set(calls.findall(outside)) <= {*calls.findall(harmless), "#fitted"}


PAGES = [
    pages.EXERCISE_2, pages.ATTENTION, pages.LARGE, pages.SHEET, pages.GRADIENT, pages.HOSTILE,
    Document("t", (FLOW,)), obeyed(EVIL), obeyed("Bài tập: cổng quên"),
    *(Document("t", (block,)) for block, _ in BLOCKS),
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_pdf(page: Document) -> None:
    """It is a PDF file, the same every time, with fonts inside and nothing that acts."""
    pytest.importorskip("typst")
    made = pdf.write(page)
    assert made.startswith(b"%PDF-")
    assert made == pdf.write(page)
    assert b"/FontFile3" in made
    assert not any(word in made for word in (b"/JavaScript", b"/Launch", b"/URI", b"/EmbeddedFile"))


def test_pdf_without_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    pdf._compiler.cache_clear()
    with pytest.raises(UsageError) as caught:
        pdf.write(pages.EXERCISE_2)
    (problem,) = caught.value.problems
    assert problem.what == "PDF files are made by typst, which is not installed"
    assert problem.hint == "pip install 'rnncalc[pdf]'"
