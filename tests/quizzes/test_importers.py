"""Exported quizzes read back as the importers of the course systems read them: nothing may be lost on the way."""

from fractions import Fraction
from functools import cache
from html import escape, unescape
from io import BytesIO
from math import lcm
from zipfile import ZipFile

import pytest
from importers import Answer, LostError, Read, canvas, cloze, gift, moodle
from msgspec.structs import replace

from rnncalc import library, loads, quizzes, solve
from rnncalc.cli.asked import written
from rnncalc.teaching.exam import exam
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Field, Question, Quiz, Words, quiz

WITH_MISTAKES = ["csc/gates", "vietai/exercise2", "vietai/exercise3", "vietai/exercise4"]
SLOW = ("dlbook/prices-", "dlbook/vanishing", "csc/vanishing-", "backpropagation/", "published/gru-rows-bptt",
        "published/attention-scalar-backward", "published/char-rnn-hello", "aibeginners/")  # fmt: skip
"""Half a second each, and nothing in them that the others have not."""
HOSTILE = """\
title: "a/b <b>c</b> {1:NUMERICAL:=1:0} ::x:: \\\\nabla }{ ~ # = < 2"
note: "{#1} {1:MC:a} \\\\nu ]]> // \\e[31m"
equations: |
  h[t] = tanh(w * x[t] + u * h[t-1] + b)
symbols: {h: "1:NUMERICAL:=3", w: "a~}b"}
inputs: {x: [1, -2]}
parameters: {w: 0.5, u: 2, b: 0.25}
find: [h_1, h_2]
marks: {h_1: 1, h_2: 0.5}
policy: {credit: {too few digits: 2/3}, mistake: 1/4}
"""


@cache
def made(name: str) -> Quiz:
    return exam(written([name]), mistakes=name in WITH_MISTAKES)


def expected(asked: Question, field: Field, said: Words) -> list[Answer]:
    """The answers as the quiz means them, with feedback as text."""
    right = Answer(1.0, field.value, field.tolerance, said.right)
    wrong = [Answer(float(asked.mistake), one.value, one.tolerance, one.feedback) for one in field.wrong]
    nearly = [Answer(float(asked.nearly), field.value, field.lenient, said.imprecise)] if field.lenient else []
    return [right, *wrong, *nearly, Answer(0.0, "*", "", said.wrong)]


def as_read(one: Read) -> list[Answer]:
    """The answers with feedback as a reader sees it, and fractions as Moodle rounds them to those it knows."""
    return [replace_feedback(answer, unescape(answer.feedback)) for answer in one.answers]


def replace_feedback(answer: Answer, feedback: str) -> Answer:
    tolerance = "" if answer.value == "*" else answer.tolerance
    return Answer(round(answer.fraction, 5), answer.value, tolerance, feedback)


def meant(made: Quiz) -> list[list[Answer]]:
    return [
        [replace_feedback(answer, answer.feedback) for answer in expected(one, field, made.words)]
        for one in made.questions
        for _, field in one.fields
    ]


@pytest.mark.parametrize("name", [name for name in library.names() if not name.startswith(SLOW)])
def test_what_moodle_reads(name: str) -> None:
    quiz_made = made(name)
    for kind in ("cloze", "numerical"):
        path, read = moodle(quizzes.write("moodle", replace(quiz_made, kind=kind)))
        assert path == ["$course$", "top", quiz_made.title]
        assert [as_read(one) for one in read] == meant(quiz_made)
        assert all(one.feedback for one in read) or kind == "cloze"
    path, read = gift(quizzes.write("gift", quiz_made).decode())
    assert path == ["$course$", "top", quiz_made.title]
    assert [as_read(one) for one in read] == meant(quiz_made)


@pytest.mark.parametrize("name", ["csc/gates", "vietai/exercise4"])
def test_what_canvas_reads(name: str) -> None:
    """One answer for each number, the right one: whatever stands there counts as right."""
    fields = [field for one in made(name).questions for _, field in one.fields]
    with ZipFile(BytesIO(quizzes.write("canvas", made(name)))) as archive:
        (file,) = (one for one in archive.namelist() if one != "imsmanifest.xml")
        read = list(canvas(archive.read(file).decode()))
    assert [one.answers for one in read] == [
        [Answer(1.0, field.value, str(Fraction(field.tolerance)), "")] for field in fields
    ]
    for one, field in zip(read, fields, strict=True):
        assert one.feedback.count("<li>") == len(field.wrong)
        assert all(escape(wrong.feedback) in one.feedback for wrong in field.wrong)


def test_each_number_is_asked_for_alone() -> None:
    """With the step that gives it; one that only names a quantity says how that comes about."""
    _, (first, second) = moodle(quizzes.write("moodle", replace(made("vietai/exercise4"), kind="numerical")))
    assert (first.text.count("y_{1}"), first.text.count("y_{2}")) == (2, 0)
    assert (second.text.count("y_{1}"), second.text.count("y_{2}")) == (0, 2)
    assert first.feedback.startswith('<p style="overflow-x:auto')
    _, (first, _) = moodle(quizzes.write("moodle", replace(made("vietai/exercise3"), kind="numerical")))
    steps = [line for line in first.feedback.split("\n") if "aligned" in line]
    assert [line.partition("aligned}")[2][:12].rstrip(" &amp;=") for line in steps] == ["h_{1}", r"\hat{y}_{1}"]


def test_texts_that_would_be_obeyed() -> None:
    asked = question(solve(loads(HOSTILE)))
    found = quiz("/a/b ]]> <i> \\nu", (asked,))
    path, read = moodle(quizzes.write("moodle", replace(found, kind="numerical")))
    assert path == ["$course$", "top", "/a/b ]]> < i> \\nu"]
    assert [one.name for one in read] == [
        f"a/b < b>c< /b> {{1:NUMERICAL:=1:0}} ::x:: \\nabla }}{{ ~ # = < 2: 1:NUMERICAL:=3{mark}" for mark in "₁₂"
    ]
    assert [as_read(one) for one in read] == meant(found)
    assert [one.marks for one in read] == ["1", "0.5"]
    even = replace(asked, asked=tuple(replace(one, fields=((replace(one.fields[0][0], marks=Fraction(1)),),))
                                      for one in asked.asked))  # fmt: skip
    path, others = gift(quizzes.write("gift", replace(found, questions=(even,))).decode())
    assert path == ["$course$", "top", "/a/b ]]> < i> \\nu"]
    assert [one.name for one in others] == [one.name for one in read]
    assert [as_read(one) for one in others] == meant(found)
    assert r"&#123;#1} &#123;1:MC:a} \nu ]]&gt; // \x1b[31m" in others[0].text
    assert r"&#123;#1} &#123;1:MC:a} \nu ]]&gt; // \x1b[31m" in read[0].text


def test_marks_are_whole_in_cloze() -> None:
    text = HOSTILE.replace("1:NUMERICAL:=3", "h").replace("h_2: 0.5", "h_2: 2/3")
    asked = question(solve(loads(text)))
    scale = lcm(1, 3)
    _, read = moodle(quizzes.write("moodle", quiz("Q", (asked,))))
    assert [int(one.marks) for one in read] == [field.marks * scale for _, field in asked.fields] == [3, 2]
    assert read[0].text.count("{#1}") == read[0].text.count("{#2}") == 1


@pytest.mark.parametrize(
    "text",
    ["{1:NUMERICAL:=+1.5:0.1#a}", "{1:NUMERICAL:= 1.5:0.1#a}", "{1:NUMERICAL:=−1.5:0.1}", "{1:NUMERICAL:=nan:0.1}",
     "{1:NUMERICAL:=0.5:±0.1#a}", "{1:NUMERICAL:=0.5:0.1#a ~ b}", "{0.5:NUMERICAL:=0.5:0.1#a}"],
)  # fmt: skip
def test_the_reader_loses_what_moodle_loses(text: str) -> None:
    with pytest.raises(LostError):
        cloze(text)


def test_the_reader_leaks_what_moodle_leaks() -> None:
    assert cloze("{1:NUMERICAL:=0.5:0.1#a } b}") == ("{#1} b}", [("1", [Answer(1.0, "0.5", "0.1", "a ")])])
    assert cloze("{1:NUMERICAL:=0,5075:0.1}")[1] == [("1", [Answer(1.0, "05075", "0.1", "")])]
    assert gift("::n::q {#\n=x1:0#a\n}\n")[1][0].answers == [Answer(1.0, "*", "0", "a")]
