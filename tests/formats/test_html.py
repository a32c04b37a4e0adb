"""Web pages: what is written, that text stays text, and how a browser shows them."""

import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pages
import pytest
from pages import EVIL, FLOW, HEAT, flat, matrix, n, obeyed, of, s
from patience import WAIT
from places import WRITTEN

from rnncalc import load, solve
from rnncalc.api import blank_sheet
from rnncalc.document import (
    Answer,
    Bars,
    Block,
    Derivation,
    Document,
    Fields,
    Given,
    Heading,
    Hints,
    Line,
    Listing,
    Notice,
    Part,
    Prose,
    Space,
    Table,
)
from rnncalc.formats.html import write
from rnncalc.formula import row
from rnncalc.languages import Code, speaking


def body(document: Document) -> str:
    return write(document).partition("<main>\n")[2].partition("</main>")[0]


def test_page() -> None:
    head, _, rest = write(Document("A & B", (), "C", "vi")).partition("<style>")
    assert head == (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'font-src data:; img-src data:">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>A &amp; B</title>\n'
    )
    style, _, page = rest.partition("</style>")
    assert "src: url(data:font/woff2;base64,d09GM" in style
    assert "http" not in style.replace("https://scripts.sil.org/OFL", "")
    assert page == (
        "\n</head>\n<body>\n<main>\n<header>\n<h1>A &amp; B</h1>\n"
        '<p class="source">C</p>\n</header>\n</main>\n</body>\n</html>\n'
    )


H1 = '<math aria-label="h sub 1"><msub><mi>h</mi><mn>1</mn></msub></math>'
BLOCKS: list[tuple[Block, str]] = [
    (Heading(1, "Time step 1"), "<h2>Time step 1</h2>"),
    (
        Heading(3, "Gate", "1", "how much"),
        '<h4><span class="number">1 ·</span> Gate <span class="aside">how much</span></h4>',
    ),
    (Prose(("a < b, ", row(s("h", "1")))), f"<p>a &lt; b, {H1}</p>"),
    (Prose((Code("<b>`&"), " x")), "<p><code>&lt;b&gt;`&amp;</code> x</p>"),
    (
        Notice("warning", ("x",), "Lưu ý"),
        '<div class="notice warning" role="note"><span class="label">Lưu ý:</span> x</div>',
    ),
    (
        Given((((row(s("b")), row(s("c"))), row(n("5"))),)),
        '<ul class="given"><li class="label">Given</li>\n'
        '<li><math aria-label="b equals c equals 5"><mrow><mi>b</mi><mo form="infix">=</mo><mi>c</mi>'
        '<mo form="infix">=</mo><mn>5</mn></mrow></math></li>\n</ul>',
    ),
    (
        Derivation((pages.equals(row(n("2"), pages.PLUS, n("3")), ("easy",), left=row(s("h", "1"))),)),
        '<div class="derivation">\n'
        '<div class="left"><math aria-label="h sub 1 equals"><mrow><msub><mi>h</mi><mn>1</mn></msub>'
        '<mo form="infix">=</mo></mrow></math></div>'
        '<div class="right"><span role="math" aria-label="2 plus 3"><math aria-hidden="true"><mn>2</mn></math><wbr>'
        '<math aria-hidden="true"><mrow><mo form="infix">+</mo><mn>3</mn></mrow></math></span></div>\n'
        '<div class="workings"><div>easy</div></div>\n</div>',
    ),
    (
        Table((("t",), (row(s("h", "1")),)), ((("1",), ("0.5",)),)),
        '<div class="scroll" tabindex="0"><table>\n'
        f'<thead><tr><th scope="col">t</th><th scope="col">{H1}</th></tr></thead>\n'
        "<tbody>\n<tr><td>1</td><td>0.5</td></tr>\n</tbody></table></div>",
    ),
    (
        Bars((("t",), ("size",)), ((("1",), ("0.5",)), (("2",), ())), ((0.25,), (0.0,))),
        '<div class="scroll" tabindex="0"><table class="bars">\n'
        '<thead><tr><th scope="col">t</th><th scope="col">size</th></tr></thead>\n<tbody>\n'
        '<tr><td>1</td><td>0.5<span class="bar" style="width:25%"></span></td></tr>\n'
        "<tr><td>2</td><td></td></tr>\n</tbody></table></div>",
    ),
    (Listing((("a < b",), ("  c",))), "<pre>a &lt; b\n  c</pre>"),
    (
        Answer(row(s("h", "1")), "approx", row(n("0.5")), (("rounded",),)),
        '<div class="answers">\n<div><span class="label">Answer</span>'
        '<span role="math" aria-label="h sub 1 is approximately 0.5"><math aria-hidden="true">'
        "<msub><mi>h</mi><mn>1</mn></msub></math><wbr>"
        '<math aria-hidden="true"><mrow><mo form="infix">≈</mo><mn>0.5</mn></mrow></math></span>'
        ' <span class="remark">rounded</span></div>\n</div>',
    ),
    (
        Part("LSTM", "2", "5 points", "A book"),
        '<header class="part"><h1><span class="number">2 ·</span> LSTM <span class="aside">5 points</span></h1>'
        '<p class="source">A book</p></header>',
    ),
    (Fields(("Name", "Date")), '<div class="fields"><div>Name<span></span></div><div>Date<span></span></div></div>'),
    (
        Hints((Line("equals", row(n("2")), row(s("h"))), Line("equals", row(n("3")))), ("A", "<B>")),
        '<details class="hint">\n<summary>A</summary>\n<div class="derivation">\n'
        '<div class="left"><math aria-label="h equals"><mrow><mi>h</mi><mo form="infix">=</mo></mrow></math></div>'
        '<div class="right"><math aria-label="2"><mn>2</mn></math></div>\n</div>\n</details>\n'
        '<details class="hint">\n<summary>&lt;B&gt;</summary>\n<div class="derivation">\n'
        '<div class="left"><math aria-label="h equals"><mrow><mi>h</mi><mo form="infix">=</mo></mrow></math></div>'
        '<div class="right"><math aria-label="3"><mn>3</mn></math></div>\n</div>\n</details>',
    ),
    (Space(3), '<div class="space" style="height:6.3em"></div>'),
    (
        HEAT,
        '<div class="scroll" tabindex="0"><table class="heat">\n'
        '<thead><tr><th scope="col">t</th><th scope="col">1</th><th scope="col">2</th></tr></thead>\n<tbody>\n'
        '<tr><td><math aria-label="f"><mi>f</mi></math></td><td style="--shade:25%">0.25</td><td></td></tr>\n'
        "</tbody></table></div>",
    ),
]


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_block(block: Block, expected: str) -> None:
    assert body(Document("t", (block,))) == f"<header>\n<h1>t</h1>\n</header>\n{expected}\n"


def test_a_graph_is_a_picture() -> None:
    """Boxes with their letters, arrows between them, and the same in words."""
    shown = body(Document("t", (FLOW,)))
    assert 'role="img" aria-label="A flow: x sub t → f sub t; f sub t → h tilde (1) sub t"' in shown
    assert re.findall('<g class="(input|inner|output)">', shown) == ["input", "inner", "output"]
    assert re.findall("<text[^>]*>([^<]*)</text>", shown) == ["x", "t", "f", "t", "h̃", "(1)", "t"]
    assert shown.count('marker-end="url(#arrow)"') == 2
    assert "M72 23C101 23 101 23 130 23" in shown
    assert "M163 40L163 66" in shown
    assert 'fill="none" stroke="#0a5bb5" stroke-width="0"' in body(Document("t", (pages.GAP,)))


def test_a_step_is_folded_up_to_the_next_one() -> None:
    page = Document("", (Heading(2, "a"), Prose(("b",)), Heading(2, "c"), Heading(1, "d"), Heading(2, "e")))
    assert re.findall("<(details|/details|h[123]|p)", body(page)) == [
        *("h1", "details", "h3", "p", "/details", "details", "h3", "/details", "h2", "details", "h3", "/details"),
    ]
    step, of_all = (Heading(2, "a"), Prose(("b",))), (Notice("note", ("c",), of_all=True), Prose(("d",), of_all=True))
    assert re.findall("<(details|/details|div|p)", body(Document("", (*step, *of_all)))) == [
        *("details", "p", "/details", "div", "p"),
    ]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attributes)


def parts(text: str) -> Tags:
    found = Tags()
    found.feed(body(obeyed(text)))
    return found


def test_text_stays_text() -> None:
    """A text that HTML would obey makes the same elements and attributes as one that it would not."""
    evil, harmless = parts(EVIL), parts("x1+(")
    assert evil.tags <= harmless.tags | {"mn", "mi", "mo"}
    assert evil.attributes == harmless.attributes
    shown = unescape(re.sub("<[^>]*>", "", body(obeyed(EVIL))))
    assert shown.count(EVIL) > 20


def test_control_characters_are_shown() -> None:
    page = body(pages.HOSTILE)
    assert [code for code in map(ord, page) if code < 32 and code != 10] == []
    assert "evil" in page
    assert "\u202e" not in page


# ---------------------------------------------------------------- in a browser

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WIDTHS = (360, 800)
WIDE = Document(
    "A long formula",
    (
        Given((((row(s("W")),), row(matrix("1 -2 5; 5 5 0; 1 2 3"))),)),
        Heading(2, "Gate", "1"),
        Derivation((pages.equals(of(pages.SIGMA, *[matrix("1.5 -2.25 3; 4 5 6")] * 4), left=row(s("h", "1"))),)),
        Answer(row(s("h")), "approx", flat(" ".join(["0.12345"] * 30))),
    ),
    "github.com/" + "a-long-name-without-blanks/" * 4,
)
PICTURES = Document("Pictures", (FLOW, HEAT))
MEASURE = """
const found = [];
for (const frame of document.querySelectorAll("iframe")) {
  const page = frame.contentDocument, root = page.documentElement;
  const height = element => element.getBoundingClientRect().height;
  const brackets = [...page.querySelectorAll("mtable")].map(
    table => height(table.previousElementSibling) / height(table));
  const parentheses = [...page.querySelectorAll("mrow > mo:first-child")].filter(
    sign => sign.textContent == "(" && sign.parentElement.querySelector("mtable")).map(
    sign => height(sign) / Math.max(...[...sign.parentElement.querySelectorAll("mtable")].map(height)));
  const unlabelled = [...page.querySelectorAll("math:not([aria-hidden])")].filter(one => !one.ariaLabel).length;
  found.push({
    overflow: root.scrollWidth - root.clientWidth, brackets: Math.min(1, ...brackets),
    parentheses: Math.min(1, ...parentheses), unlabelled,
    faces: [...page.fonts].map(face => face.family.replaceAll('"', "") + " " + face.status),
  });
}
document.body.dataset.found = JSON.stringify(found);
"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_in_a_browser(tmp_path: Path) -> None:
    """Brackets are as tall as what they hold, nothing sticks out of a narrow window, every formula has its words, and
    the console stays empty."""
    solutions = [solve(load(name)) for name in WRITTEN]
    with speaking("vi"):
        sheet = blank_sheet(solutions[:3], "full", "substitution", "Bài tập")
        shown = (*(one.page("full") for one in solutions), sheet, pages.GRADIENT, pages.SHEET, PICTURES, WIDE)
    frames = "".join(
        f'<iframe width="{width}" height="900" srcdoc="{escape(write(page))}"></iframe>'
        for page in shown
        for width in WIDTHS
    )
    file = tmp_path / "pages.html"
    script = f"<script>addEventListener('load', () => document.fonts.ready.then(() => {{{MEASURE}}}))</script>"
    file.write_text(f"<!DOCTYPE html><body>{frames}{script}", encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=5000 --dump-dom"
    command = [str(CHROMIUM), *flags.split(), *more.split(), f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=True)
    found = re.search('<body data-found="([^"]*)"', run.stdout)
    assert found, run.stderr
    measured = json.loads(unescape(found[1]))
    assert len(measured) == len(shown) * len(WIDTHS)
    for one in measured:
        assert one["overflow"] == 0
        assert one["brackets"] > 0.95
        assert one["parentheses"] > 0.9
        assert one["unlabelled"] == 0
        assert one["faces"] == ["STIX Two Math part loaded"]
    assert [line for line in run.stderr.splitlines() if "CONSOLE" in line] == []
