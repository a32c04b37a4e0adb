"""Quizzes: whole files for each system, text that would be obeyed elsewhere, numbers that a system would misread."""

import json
import re
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree
from places import DATA

from rnncalc import ExerciseError, UsageError, loads, quizzes, solve
from rnncalc.cli.asked import written
from rnncalc.errors import Span, draw
from rnncalc.quizzes import _cloze
from rnncalc.teaching.exam import exam
from rnncalc.teaching.pitfalls import Wrong
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Asked, Field, Places, Question, Quiz, Words, quiz

PAGES = DATA / "quizzes"
SYSTEMS = quizzes.names()
HOSTILE = """\
title: "</name><script>alert(1)</script> ]]> {1:NUMERICAL:=1:0} $x$ ~ # = \\\\ \\e[31m"
note: "{1:MC:a} <img src=x> &amp; \\\\input{x} }"
equations: y = softmax(a)
parameters: {a: [1, 2]}
"""


def texts(system: str, data: bytes) -> dict[str, str]:
    """The files of an export by name."""
    if data[:2] != b"PK":
        return {system: data.decode()}
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("system", SYSTEMS)
def test_whole_files(system: str, request: pytest.FixtureRequest) -> None:
    found = texts(system, quizzes.write(system, exam(written(["vietai/exercise3", "vietai/exercise4"]), "VietAI")))
    whole = "".join(f"== {name}\n{text}" for name, text in found.items())
    file = PAGES / f"{system}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(whole, encoding="utf-8")
    assert whole == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("system", SYSTEMS)
def test_files_are_the_same_every_time(system: str) -> None:
    made = [
        quizzes.write(system, exam(written(["vietai/exercise3"]), count=2, seed=5, all_numbers=True, mistakes=False))
        for _ in range(2)
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize("system", SYSTEMS)
def test_texts_are_inert(system: str) -> None:
    made = quizzes.write(system, quiz("a/b ]]> <i>", (question(solve(loads(HOSTILE))),)))
    for name, text in texts(system, made).items():
        assert "\x1b" not in text
        if name.endswith(".xml") or system == "moodle":
            root = etree.fromstring(text.encode())
            assert not root.xpath("//*[local-name()='script' or local-name()='img']")
        elif system == "gradescope":
            assert json.loads(text)["outline"][0]["children"] == [{"title": "y", "weight": 2}]
        else:
            questions = re.findall(r"^::.*\[html\](.*) \{#$", text, re.M)
            assert len(questions) == 2
            assert not any("<script" in one or "<img" in one or re.search(r"(?<!\\)[~={}#:]", one) for one in questions)


def test_the_fields_of_moodle() -> None:
    """What Moodle reads: the text between CDATA marks, and the fields in it."""
    made = quizzes.write("moodle", quiz("Q", (question(solve(loads(HOSTILE))),)))
    (text,) = etree.fromstring(made).xpath("//questiontext/text/text()")
    assert re.findall(r"\{1:NUMERICAL:=([^#]*)#", text) == ["0.26894142137:0.0001", "0.73105857863:0.0001"]
    assert "{1:MC" not in text.replace("{1:MC:a} &lt;img", "")


def test_variants_are_one_category() -> None:
    made = quizzes.write("moodle", exam(written(["vietai/exercise4"]), "Week 3", count=3, seed=1, all_numbers=True))
    root = etree.fromstring(made)
    assert root.xpath("count(//question[@type='cloze'])") == 3
    assert root.xpath("//category/text/text()") == ["$course$/top/Week 3"]
    names = root.xpath("//name/text/text()")
    assert [name[-3:] for name in names] == ["(1)", "(2)", "(3)"]
    assert len(set(root.xpath("//questiontext/text/text()"))) == 3


def test_identifiers_match() -> None:
    for system in ("canvas", "qti"):
        files = texts(system, quizzes.write(system, exam(written(["vietai/exercise3", "vietai/exercise4"]))))
        manifest = etree.fromstring(files["imsmanifest.xml"].encode())
        listed = manifest.xpath("//*[local-name()='file']/@href")
        assert sorted(listed) == sorted(files.keys() - {"imsmanifest.xml"})
        for resource in manifest.xpath("//*[local-name()='resource']"):
            root = etree.fromstring(files[resource.get("href")].encode())
            own = root.get("identifier") or root.xpath("//*[local-name()='assessment']/@ident")[0]
            assert own == resource.get("identifier")


def test_items_have_names_of_their_own() -> None:
    """Even if an exercise is asked twice: Canvas would keep one."""
    made = quizzes.write("canvas", exam(written(["vietai/exercise4", "vietai/exercise4"]), mistakes=False))
    (root,) = (etree.fromstring(text.encode()) for name, text in texts("canvas", made).items() if "/" in name)
    names = root.xpath("//*[local-name()='item']/@ident")
    assert len(names) == len(set(names)) == 6


def test_every_response_of_qti_is_declared() -> None:
    files = texts("qti", quizzes.write("qti", exam(written(["vietai/exercise3"]))))
    (item,) = (etree.fromstring(text.encode()) for name, text in files.items() if name != "imsmanifest.xml")
    declared = item.xpath("//*[local-name()='responseDeclaration']/@identifier")
    assert declared == item.xpath("//*[local-name()='textEntryInteraction']/@responseIdentifier") == ["R1", "R2"]
    assert set(item.xpath("//*[local-name()='equal']/@toleranceMode")) == {"absolute"}


# ---------------------------------------------------------------- numbers


def test_numbers_and_tolerances() -> None:
    text = "equations: y = concat(concat(a, b), sigmoid(c))\nparameters: {a: 1/4, b: -2e-9, c: -9}\n"
    (asked,) = question(solve(loads(text))).asked
    assert [line[0] for line in asked.fields] == [
        Field("0.25", "0", (1,)),
        Field("-0.000000002", "0", (2,)),
        Field("0.000123394575986", "0.0000001", (3,), "0.000001"),
    ]
    assert Fraction(asked.fields[2][0].value) == Fraction("0.000123394575986")


def test_canvas_refuses_what_it_takes_for_zero() -> None:
    text = "equations: y = a\nfind: [y]\nparameters: {a: [0.00009, 0, 0.0001]}\n"
    made = quiz("Q", (question(solve(loads(text, "f.yaml")), Places(Span("f.yaml", 2, 7, 3, "find: [y]"))),))
    with pytest.raises(ExerciseError) as caught:
        quizzes.write("canvas", made)
    assert draw(caught.value.problems) == (
        "f.yaml:2:7: error: `f.yaml`: y [1] is 0.00009, which Canvas takes for 0\n"
        "    2 │ find: [y]\n      │       ^^^\n"
        "  help: ask for a multiple of it, or leave it out of `find:`; variants have `smallest: 0.0001`"
    )


def test_feedback_for_mistakes() -> None:
    """A number that a mistake leads to is known to each system that has feedback for single numbers; Canvas would take
    it for right, and tells it to every wrong one."""
    from rnncalc.formula import Symbol, row

    field = Field("0.5", "0.0001", (), "0.001", (Wrong("0.25", "0.0001", "z and 1 − z exchanged ~ } # < & \\"),))
    asked = Question("Q", (), (Asked(row(Symbol("y")), "y", ((field,),)),), mistake=Fraction(1, 4))
    made = Quiz("Q", (asked,), Words("right", "nearly", "wrong"))
    moodle = quizzes.write("moodle", made).decode()
    assert (
        r"{1:NUMERICAL:=0.5:0.0001#right~%25%0.25:0.0001#z and 1 − z exchanged &#126; \} \# &amp;lt; &amp;amp; &#92;"
        "~%50%0.5:0.001#nearly~%0%*#wrong}"
    ) in moodle
    gift = quizzes.write("gift", made).decode()
    assert r"  =%25%0.25:0.0001#z and 1 − z exchanged \~ \} \# &lt; &amp; \\" in gift
    canvas = "".join(texts("canvas", quizzes.write("canvas", made)).values())
    assert "0.25" not in re.findall(r"<resprocessing>.*</resprocessing>", canvas, re.S)[0]
    assert "&lt;li&gt;0.25: z and 1 − z exchanged ~ } # &amp;lt; &amp;amp; \\&lt;/li&gt;" in canvas
    qti = "".join(texts("qti", quizzes.write("qti", made)).values())
    assert '<baseValue baseType="float">0.25</baseValue></equal><setOutcomeValue identifier="SCORE">' in qti
    assert "z and 1 − z exchanged ~ } # &lt; &amp; \\</p></modalFeedback>" in qti


@pytest.mark.parametrize(
    "body",
    [
        "", "{01:NUMERICAL:=0.5:0.1#a}", "{1:NUMERICAL:=+0.5:0.1#a}", "{1:NUMERICAL:= 0.5:0.1#a}",
        "{1:NUMERICAL:=−0.5:0.1#a}", "{1:NUMERICAL:=0.5:-0.1#a}", "{1:NUMERICAL:=0,5:0.1#a}",
        "{1:NUMERICAL:=nan:0.1#a}", "{0.5:NUMERICAL:=0.5:0.1#a}", "{1:NUMERICAL:=0.5:0.1#a}{1:MULTICHOICE:=b}",
        "{1:NUMERICAL:=0.5:0.1#a~%33%0.4:0.1#b}", "{1:NUMERICAL:=0.4:0.1#a}", "{1:NUMERICAL:=0.5:0.2#a}",
    ],
)  # fmt: skip
def test_what_moodle_would_not_read(body: str) -> None:
    """Each of these is dropped, or shown as code, or read as another number."""
    _cloze.check("a } b {c} {1:NUMERICAL:=0.5:0.1#a} }", [Field("0.5", "0.1")])
    with pytest.raises(AssertionError):
        _cloze.check(body, [Field("0.5", "0.1")])


# ---------------------------------------------------------------- usage


def test_an_unknown_system() -> None:
    with pytest.raises(UsageError) as caught:
        quizzes.write("blackbord", exam(written(["vietai/exercise4"])))
    assert draw(caught.value.problems) == (
        "error: there is no course system `blackbord`\n  help: known: canvas, gift, gradescope, moodle, qti"
    )


def test_names_of_files() -> None:
    made = exam(written(["vietai/exercise3"]))
    assert quizzes.file_name("moodle", made) == "gru-find-y1.xml"
    assert quizzes.file_name("qti", exam(written(["vietai/exercise3"]), "///")) == "quiz.zip"
