"""LaTeX files: what is written, that text stays text, and that pdfLaTeX sets every file."""

import re
import shutil
import subprocess
from pathlib import Path

import pages
import pytest
from pages import EVIL, FLOW, HEAT, n, obeyed, s
from patience import WAIT
from places import WRITTEN

from rnncalc import load, solve
from rnncalc.api import answer_key, blank_sheet
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
from rnncalc.formats._commas import with_commas
from rnncalc.formats._tex import tex
from rnncalc.formats.latex import write
from rnncalc.formula import Digits, Fenced, Words, row
from rnncalc.languages import Code, speaking

GAPPED = (
    "\\wide{\\begin{tikzpicture}[box/.style={draw, minimum width=1.3cm, minimum height=0.7cm}, >=stealth]\n"
    "\\node[box, draw=none] (n0) at (0,-0) {$\\cdots$};\n\\end{tikzpicture}}"
)
VIETNAMESE = "Bài tập: mạng hồi quy, cổng quên — “tìm h₁”, ĐƯỜNG"


def body(document: Document) -> str:
    return write(document).partition("\\begin{document}\n\n")[2].removesuffix("\n\n\\end{document}\n")


def test_page() -> None:
    assert body(Document("A & B: h₁", (Prose(("x",)),), "C")) == (
        "{\\LARGE\\bfseries A \\& B: h\\textsubscript{1}\\par}\n\n"
        "{\\itshape C\\par}\n\n\\smallskip\\hrule\\medskip\n\nx"
    )


BLOCKS: list[tuple[Block, str]] = [
    (Heading(1, "Time step 1"), r"\section*{Time step 1}"),
    (
        Heading(2, "Gate", "1", "how much"),
        r"\subsection*{1 \ensuremath{\cdot} Gate\quad{\normalfont\normalsize\itshape how much}}",
    ),
    (Prose(("50 % of ", row(s("h", "1")))), r"50 \% of $h_{1}$"),
    (Prose((Code("a_b--`\\}"), " x")), r"\texttt{a\_b-{}-{}`\textbackslash{}\}} x"),
    (Notice("note", ("x",)), r"\begin{quote}\textbf{note:} x\end{quote}"),
    (
        Given((((row(s("b")), row(s("c"))), row(n("5"))), ((row(s("W")),), row(n("1"))))),
        "{\\raggedright\\textbf{Given}\\quad $b = c = 5$\\hspace{2em}\n$W = 1$\\par}",
    ),
    (
        Derivation(
            (pages.equals(row(n("2"), pages.PLUS, n("3")), ("easy",), left=row(s("h", "1"))), pages.equals(row(n("5"))))
        ),
        "\\begin{align*}\nh_{1} &= 2 + 3 \\\\\n &= 5\n\\end{align*}\n\n"
        "{\\small\\begin{itemize}\\setlength{\\itemsep}{0pt}\n\\item easy\n\\end{itemize}}",
    ),
    (
        Derivation((pages.equals(row(Words("a" * 70), pages.PLUS, Words("b" * 80)), left=row(s("h"))),)),
        f"\\beside{{h}}\n\n\\begin{{align*}}\nh &= \\text{{{'a' * 70}}} \\\\\n"
        f" &\\qquad \\fitted{{+ \\text{{{'b' * 80}}}}}\n\\end{{align*}}",
    ),
    (
        Table((("t",), (row(s("h")),)), ((("1",), ("0.5",)),)),
        "\\begin{longtable}[l]{ll}\nt & $h$ \\\\ \\hline\n1 & 0.5 \\\\\n\\end{longtable}",
    ),
    (
        Table((("t",), ("a",), ("b",)), ((("1",), ("x" * 50,), ("y" * 50,)),)),
        f"\\begin{{longtable}}[l]{{ll}}\nt & a \\\\ \\hline\n1 & {'x' * 50} \\\\\n\\end{{longtable}}\n\n"
        f"\\begin{{longtable}}[l]{{ll}}\nt & b \\\\ \\hline\n1 & {'y' * 50} \\\\\n\\end{{longtable}}",
    ),
    (
        Bars((("t",), ("size",)), ((("1",), ("0.5",)), (("2",), ())), ((0.25,), (0.0,))),
        "\\begin{longtable}[l]{ll}\nt & size \\\\ \\hline\n"
        "1 & \\makebox[4em][l]{0.5}\\rule{0.75cm}{0.6em} \\\\\n2 &  \\\\\n\\end{longtable}",
    ),
    (Listing((("a_b",), ("  c",))), "\\begin{quote}\\ttfamily a\\_b\\\\\n\\ \\ c\\end{quote}"),
    (
        Answer(row(s("h", "1")), "approx", row(n("0.5")), (("rounded",),)),
        r"\fbox{\parbox{0.97\linewidth}{\raggedright "
        r"\makebox[5em][l]{\textbf{Answer}}$h_{1} \approx 0.5$\quad{\small rounded}}}",
    ),
    (
        Part("LSTM", "2", "5 points", "A book"),
        "\\clearpage\n\n{\\LARGE\\bfseries 2 · LSTM\\quad{\\normalfont\\normalsize\\itshape 5 points}\\par}\n\n"
        "{\\itshape A book\\par}\n\n\\smallskip\\hrule\\medskip",
    ),
    (Fields(("Name", "Date")), "\\bigskip Name \\hrulefill\\quad\nDate \\hrulefill\\bigskip"),
    (Space(3), r"\vspace{3\baselineskip}\nopagebreak"),
    (
        HEAT,
        "\\begin{longtable}[l]{lll}\nt & 1 & 2 \\\\ \\hline\n$f$ & \\cellcolor{blue!14}0.25 &  \\\\\n\\end{longtable}",
    ),
    (pages.GAP, GAPPED),
    (
        FLOW,
        "\\wide{\\begin{tikzpicture}[box/.style={draw, minimum width=1.3cm, minimum height=0.7cm}, >=stealth]\n"
        "\\node[box, rounded corners=8pt] (n0) at (0,-0) {$x_{t}$};\n"
        "\\node[box, rounded corners=2pt] (n1) at (2.6,-0) {$f_{t}$};\n"
        "\\node[box, rounded corners=2pt, very thick] (n2) at (2.6,-1.4) {$\\tilde{h}^{(1)}_{t}$};\n"
        "\\draw[->] (n0) to[out=0, in=180] (n1);\n\\draw[->] (n1) to[out=270, in=90] (n2);\n\\end{tikzpicture}}",
    ),
]


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_block(block: Block, expected: str) -> None:
    assert body(Document("t", (block,))) == f"{{\\LARGE\\bfseries t\\par}}\n\n\\smallskip\\hrule\\medskip\n\n{expected}"


TEXTS = [
    (
        r"\input{x} $5 & 3% a_b ~ ^ #",
        r"\textbackslash{}input\{x\} \$5 \& 3\% a\_b \textasciitilde{} "
        r"\textasciicircum{} \#",
    ),
    (
        "h₁² → α·ŷ − c̃",
        r"h\textsubscript{1}\textsuperscript{2} \ensuremath{\to} "
        r"\ensuremath{\alpha}\ensuremath{\cdot}ŷ \ensuremath{-} \~{c}",
    ),
    ("cổng quên", "cổng quên"),
    ("字\x1b", r"\unknown{5B57}{字}\textbackslash{}x1b"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text(text: str, expected: str) -> None:
    assert tex(text) == expected


def test_vietnamese_asks_for_its_letters() -> None:
    assert "[T1]{fontenc}" in write(Document("mang", ()))
    assert "[T1,T5]{fontenc}" in write(Document("mạng", ()))


def test_text_stays_text() -> None:
    """A text that TeX would obey brings no command but those that spell its characters."""
    commands = re.compile(r"\\([A-Za-z]+)")
    spelling = {"textbackslash", "textasciitilde", "textasciicircum", "text", "beside", "fitted"}
    assert set(commands.findall(body(obeyed(EVIL)))) <= set(commands.findall(body(obeyed("x")))) | spelling


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdfLaTeX")
@pytest.mark.parametrize(
    "page",
    [
        pages.EXERCISE_2,
        pages.ATTENTION,
        pages.LARGE,
        pages.SHEET,
        pages.GRADIENT,
        pages.HOSTILE,
        obeyed(EVIL),
        obeyed(VIETNAMESE),
        obeyed("字"),
    ],
    ids=["exercise 2", "attention", "large", "sheet", "gradient", "hostile", "evil", "vietnamese", "unknown"],
)
def test_pdflatex_sets_it(page: Document, tmp_path: Path) -> None:
    set_in_latex(page, tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdfLaTeX")
def test_pdflatex_sets_closed_forms(tmp_path: Path) -> None:
    """Named exponents, long entries, formulas of gradients, and fractions that are cut."""
    solutions = [solve(load("gitbook/rnn"), exact=True), solve(load("backpropagation/gru"), symbolic=True)]
    set_in_latex(answer_key([*solutions, solve(load("published/powers"), exact=True, last=2)]), tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdfLaTeX")
def test_pdflatex_sets_solutions(tmp_path: Path) -> None:
    """The golden exercises as one sheet, in Vietnamese and with decimal commas."""
    with speaking("vi"):
        set_in_latex(with_commas(answer_key([solve(load(name)) for name in WRITTEN], "full")), tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdfLaTeX")
def test_no_line_is_wider_than_the_page(tmp_path: Path) -> None:
    """Blanks are wider than digits, and a long left side leaves less room."""
    one, *others = blank_sheet([solve(load("published/gru-rows-bptt"))], "full").blocks
    gates = [block for block in others if isinstance(block, Derivation)][:5]
    numbers = row(*(atom for place in range(1, 31) for atom in (pages.PLUS, Digits(f"0.{place:04}"))))
    long = Derivation((pages.equals(row(Fenced(numbers)), left=row(Words("a" * 30))),))
    log = set_in_latex(Document("t", (one, *gates, long)), tmp_path)
    assert "Overfull" not in log


def set_in_latex(page: Document, tmp_path: Path) -> str:
    """Raises unless pdfLaTeX sets the page; gives what it said."""
    (tmp_path / "page.tex").write_text(write(page), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=WAIT, errors="replace")
    assert run.returncode == 0, run.stdout[-2000:]
    log = (tmp_path / "page.log").read_text(errors="replace")
    assert "Missing character" not in log
    return log
