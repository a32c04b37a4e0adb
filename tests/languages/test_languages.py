"""Languages: every message is translated, with the same holes; the language is chosen as promised."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from translate import FOLDER, languages, template

from rnncalc import loads, solve
from rnncalc.languages import (
    Code,
    Message,
    Several,
    coded,
    counted,
    language,
    listed,
    names,
    said,
    say,
    sentence,
    speaking,
)
from rnncalc.languages.catalogue import read_catalogue

HOLE = re.compile(r"\{\w+\}")


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize("code", languages())
def test_translations_have_the_holes_of_their_messages(code: str) -> None:
    forms_of = read_catalogue(FOLDER / f"{code}.po").forms
    for message in template():
        if not message.id:
            continue
        one, several = forms(message.id)[0], forms(message.id)[-1]
        for translation in forms_of[one]:
            assert set(HOLE.findall(translation)) <= {*HOLE.findall(several), "{number}"}, translation
            assert set(HOLE.findall(one)) <= set(HOLE.findall(translation)), translation


@pytest.mark.parametrize("code", languages())
def test_catalogues_are_read_as_babel_reads_them(code: str) -> None:
    file = FOLDER / f"{code}.po"
    with file.open("rb") as stream:
        theirs = {
            forms(one.id)[0]: forms(one.string) for one in read_po(stream, locale=code) if one.id and not one.fuzzy
        }
    assert read_catalogue(file).forms == theirs


def test_escapes_plural_forms_and_fuzzy_entries(tmp_path: Path) -> None:
    file = tmp_path / "pl.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"\n\n'
        'msgid "{number} entry"\nmsgid_plural "{number} entries"\n'
        'msgstr[0] "{number} a"\nmsgstr[1] "{number} b"\nmsgstr[2] "{number} c"\n\n'
        '#, fuzzy\nmsgid "guessed"\nmsgstr "zgadywane"\n\n'
        'msgid "a \\"quoted\\" "\n"line"\nmsgstr "x\\n"\n"y"\n\n'
        'msgid "not yet"\nmsgstr ""\n'
    )
    catalogue = read_catalogue(file)
    assert [catalogue.form("{number} entry", "{number} entries", n) for n in (1, 3, 7)] == [
        "{number} a", "{number} b", "{number} c",
    ]  # fmt: skip
    assert [catalogue.one(text) for text in ("guessed", 'a "quoted" line', "not yet")] == ["guessed", "x\ny", "not yet"]


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "own", "asked", "spoken"),
    [
        ({}, "", "", "en"),
        ({"LANG": "vi_VN.UTF-8"}, "", "", "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "", "", "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "xx:vi:en"}, "", "", "vi"),
        ({"LANG": "xx_XX"}, "", "", "en"),
        ({"LANG": "../../etc"}, "", "", "en"),
        ({"LANG": "en_US"}, "vi", "", "vi"),
        ({"LANG": "vi_VN"}, "vi", "en", "en"),
    ],
)
def test_the_language_spoken(
    plain_environment: pytest.MonkeyPatch, variables: dict[str, str], own: str, asked: str, spoken: str
) -> None:
    for variable, value in variables.items():
        plain_environment.setenv(variable, value)
    with speaking(asked):
        assert language(own) == spoken


def test_what_stands_between_backticks_is_code(plain_environment: pytest.MonkeyPatch) -> None:
    assert sentence("`check {name}` of {name}: {reason}", name="a`b", reason=(Code("h"), "`", "!")) == (
        *(Code("check a`b"), " of a`b: ", Code("h"), "`!"),
    )
    assert coded("write `h_1`, `h_2`") == ("write ", Code("h_1"), ", ", Code("h_2"))
    assert [coded(text) for text in ("", "a`b", "``", "`a`b`")] == [(), ("a`b",), ("``",), (Code("a"), "b`")]


def test_sentences(plain_environment: pytest.MonkeyPatch) -> None:
    assert names() == ["en", "vi"]
    assert say("Time step {t}", t=2) == "Time step 2"
    assert sentence("{loss} before", loss=(1, 2)) == (1, 2, " before")
    assert sentence("{loss} before", loss=(1, "a", "b")) == (1, "ab before")
    assert [listed([]), listed(["a"]), "".join(listed(["a", "b", "c"]))] == [(), ("a",), "a, b and c"]
    assert [counted("with one bias", "with {number} biases", n) for n in (1, 2)] == ["with one bias", "with 2 biases"]
    paths = Message("two paths: {paths}", {"paths": Several((Message("through {names}", {"names": "h"}), "c"))})
    assert said(paths) == "two paths: through h and c"
    with speaking("vi"):
        assert say("Time step {t}", t=2) == "Bước thời gian 2"
        assert counted("with one bias", "with {number} biases", 1) == "với 1 bias"
        assert said(paths) == "hai đường: qua h và c"
    assert said("{not a hole} of ours") == "{not a hole} of ours"


SEVERAL = """\
title: {en: Find h, vi: Tìm h, fr: Trouver h}
note: only one language
lang: vi
equations: h = a
parameters: {a: 1}
steps: [{title: {en: One step, vi: Một bước}, remark: {vi: gợi ý riêng}, of: [h]}]
"""


@pytest.mark.parametrize(
    ("asked", "title", "answer"), [("", "Tìm h", "Đáp số"), ("en", "Find h", "Answer"), ("vi", "Tìm h", "Đáp số")]
)
def test_an_exercise_in_several_languages(asked: str, title: str, answer: str) -> None:
    with speaking(asked):
        page = solve(loads(SEVERAL)).text("answers")
        steps = solve(loads(SEVERAL)).text()
    assert page.splitlines()[0] == title
    assert ("One step" if asked == "en" else "Bước 1: Một bước") in steps
    assert "gợi ý riêng" in steps
    assert answer in page
    assert "only one language" in page


def test_a_language_that_the_title_does_not_have() -> None:
    assert loads(SEVERAL.replace("lang: vi\n", "").replace("en: Find h, ", "")).title == "Tìm h"
