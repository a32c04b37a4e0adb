"""YAML files: what is read, where it stands, what is refused and how; no bytes crash or stall the reader."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from patience import soon

import rnncalc.source as source
from rnncalc.errors import ExerciseError, LimitError, RnncalcError, Span, UsageError, draw
from rnncalc.source import Mapping, Node, Scalar, Sequence, read_file, read_text

EXERCISE = """\
title: "LSTM: find h₁"  # a comment
cell: lstm
equations: |
  h[t] = tanh(x[t])

    y[t] = ŷ
inputs:
  x: [[2, 010, -1], [1e-3, 1:30, no]]
rows:
  - &first [sqrt(2), √3]
  - *first
note: >
  two
  lines
"""


def plain(node: Node) -> object:
    """Nodes as lists, dicts and texts."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}


def drawn(text: str | bytes) -> str:
    """What a user sees of a file that is refused."""
    with pytest.raises(RnncalcError) as caught:
        read_text(text, "f.yaml")
    return draw(caught.value.problems)


def marked(span: Span) -> tuple[int, int, str]:
    """A span as its line, its column, and the text in it."""
    return span.line, span.column, span.text[span.column - 1 :][: span.length]


def value(text: str | bytes) -> Scalar:
    """The scalar at `a:` in a file."""
    node = read_text(text, "f.yaml")
    assert isinstance(node, Mapping)
    scalar = node.get("a")
    assert isinstance(scalar, Scalar)
    return scalar


@pytest.fixture(params=["libyaml", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(source, "_Loader", yaml.SafeLoader)


@pytest.mark.usefixtures("loader")
def test_every_scalar_stays_text() -> None:
    assert plain(read_text(EXERCISE, "f.yaml")) == {
        "title": "LSTM: find h₁",
        "cell": "lstm",
        "equations": "h[t] = tanh(x[t])\n\n  y[t] = ŷ\n",
        "inputs": {"x": [["2", "010", "-1"], ["1e-3", "1:30", "no"]]},
        "rows": [["sqrt(2)", "√3"], ["sqrt(2)", "√3"]],
        "note": "two lines\n",
    }


@pytest.mark.parametrize(
    "data",
    [
        EXERCISE.encode(),
        EXERCISE.encode("utf-8-sig"),
        EXERCISE.encode("utf-16"),
        b"\xfe\xff" + EXERCISE.encode("utf-16-be"),
        EXERCISE.replace("\n", "\r\n").encode(),
        ("---\n" + EXERCISE + "...\n").encode(),
        "\ufeff" + EXERCISE,
    ],
)
def test_encodings_and_line_ends_make_no_difference(data: str | bytes) -> None:
    assert read_text(data, "f.yaml") == read_text(EXERCISE, "f.yaml")


def test_a_mapping_gives_its_values_and_a_scalar_its_quotes() -> None:
    node = read_text("a: 'x'\nb: x\nc: |\n  x\n", "f.yaml")
    assert isinstance(node, Mapping)
    assert node.get("d") is None
    assert [value.quoted for _, value in node.entries if isinstance(value, Scalar)] == [True, False, False]
    assert node.get("b") == Scalar(value("a: x").file, 0, 0, 0, "x")


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: b c  # d", (1, 4, "b c")),
        ("x: 1\na:   b", (2, 6, "b")),
        ("{ŷ: c̃, 😀: 1, a: 😀b}", (1, 18, "😀b")),
        ("\ufeffa: b", (1, 4, "b")),
        ("x: 1\r\n\r\na: b\r\n", (3, 4, "b")),
        ("a: 'b'", (1, 4, "'b'")),
        ('a: "b\n  c"', (1, 4, '"b')),
        ("a: b\n  c", (1, 4, "b")),
        ("a:", (1, 3, "")),
        ("a: &q b", (1, 7, "b")),
        ("a: &q # c\n\n  b", (3, 3, "b")),
        ("a: &q\nb: 1", (1, 4, "&q")),
        ("b: &q x\na: *q", (1, 7, "x")),
        ("a: |\n  b = c\n  d", (2, 3, "b = c")),
        ("a: &q |\n\n  b = c\n", (3, 3, "b = c")),
        ("a: >-\n\n\n    b c\n", (4, 5, "b c")),
        ("a: |\nb: 1", (1, 4, "|")),
    ],
)
def test_a_scalar_knows_its_place(text: str, span: tuple[int, int, str]) -> None:
    assert marked(value(text).span) == span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: [1, [2]] # c", (1, 4, "[1, [2]]")),
        ("a: [1,\n  2]", (1, 4, "[1,")),
        ("a:\n  - 1\n  - 2", (2, 3, "- 1")),
        ("a:\n  b: 1\n  c: 2", (2, 3, "b: 1")),
        ("a: &q\n  b: 1", (2, 3, "b: 1")),
        ("a: {}", (1, 4, "{}")),
    ],
)
def test_a_collection_knows_its_place(text: str, span: tuple[int, int, str]) -> None:
    node = read_text(text, "f.yaml")
    assert isinstance(node, Mapping)
    assert marked(node.entries[0][1].span) == span


@pytest.mark.parametrize(
    ("text", "at", "span"),
    [
        ("a: |\n  h = x\n\n    y = ŷ z\nb: 1", (1, 5, 1), (2, 7, "x")),
        ("a: |\n  h = x\n\n    y = ŷ z\nb: 1", (3, 7, 3), (4, 9, "ŷ z")),
        ("a: |\n\n  h = x\n", (2, 1, 1), (3, 3, "h")),
        ("a: |4-\n\n      h = x\n", (2, 3, 1), (3, 7, "h")),
        ("a: &q # c\n  |\n  h = x\n", (1, 5, 1), (3, 7, "x")),
        ("a: |\r\n  h = x\r\n  k = y\r\n", (2, 5, 1), (3, 7, "y")),
        ("a: |\n  h = x\n", (7, 1, 1), (2, 3, "h = x")),
        ("a: 1/x", (1, 3, 1), (1, 6, "x")),
        ("a: 'ŷ/x'", (1, 3, 1), (1, 7, "x")),
        ('a: "ŷ/x"', (1, 3, 1), (1, 7, "x")),
        ('a: "\\u0177/x"', (1, 3, 1), (1, 4, '"\\u0177/x"')),
        ("a: 'b''/x'", (1, 4, 1), (1, 4, "'b''/x'")),
        ("a: h =\n  x", (1, 5, 1), (1, 4, "h =")),
        ("a: >\n  h = x\n", (1, 5, 1), (2, 7, "x")),
        ("a: >\n  h =\n  x\n", (1, 5, 1), (2, 3, "h =")),
        ("a:", (1, 1, 1), (1, 3, "")),
    ],
)
def test_a_part_of_a_text_is_found_in_the_file(text: str, at: tuple[int, int, int], span: tuple[int, int, str]) -> None:
    assert marked(value(text).span_at(*at)) == span


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "1:1 there is nothing here to read", "write lines such as `name: value`"),
        ("# a\n", "1:1 there is nothing here to read", "write lines such as `name: value`"),
        ("---\n", "1:1 there is nothing here to read", "write lines such as `name: value`"),
        ("a: 1\n---\nb: 2", "2:1 a second document begins here, and a file may hold only one",
         "put it into a file of its own, or remove the line `---`"),
        ("a: !foo x", "1:4 the tag `!foo` cannot be used", "remove it, or put the value in quotes"),
        ("a: &b !!python/object:os.system [x]", "1:7 the tag `!!python/object:os.system` cannot be used",
         "remove it, or put the value in quotes"),
        ("a: !e!x y", "1:4 a value cannot begin with `!`", 'put the value in quotes: "…"'),
        ("a: &x [*x]", "1:8 `*x` stands inside `&x` itself", "write the value out"),
        ("a: *bold*", "1:4 a value cannot begin with `*`", 'put the value in quotes: "…"'),
        ("a: *bold", "1:4 `*bold` repeats the value marked `&bold`, and no value above is marked so",
         "put the value in quotes if it is a text that begins with `*`"),
        ("[a]: b", "1:1 a key must be a text, not a list or a mapping", "write `name: value`"),
        ("? {a: 1}\n: b", "1:3 a key must be a text, not a list or a mapping", "write `name: value`"),
        ("a: {b:1}", "1:5 a blank was expected after the colon of `b:1`", "write `name: value`"),
        ("key:1\nb: 1", "1:4 a blank was expected after the colon of `key:`", "write `name: value`"),
        ("a: 1\nkey:1\nb: 1", "2:4 a blank was expected after the colon of `key:`", "write `name: value`"),
        ("a: 1\nkey\nb: 1", "2:1 `name: value` was expected on this line, and it has no `: `",
         "add the colon and a blank"),
        ("a:\n\tb: 1", "2:1 a tab stands where only blanks may stand",
         "replace it by blanks, two for each level of indentation"),
        ("a: 1\n\tb: 1", "2:1 a tab stands where only blanks may stand",
         "replace it by blanks, two for each level of indentation"),
        ("a: |\n\tb", "2:1 a tab stands where only blanks may stand",
         "replace it by blanks, two for each level of indentation"),
        ("ŷ: LSTM: find h", "1:8 a value with `: ` in it needs quotes",
         'put the whole value in quotes: name: "…"'),
        ("\ufeff😀: c̃: 1", "1:6 a value with `: ` in it needs quotes", 'put the whole value in quotes: name: "…"'),
        ("a: 1\n b: 2",
         "2:3 a colon was not expected here: the line above already has a value, or a quote or bracket is open",
         "give both lines the same indentation, or put a value that goes over two lines in quotes"),
        ("a:\n  b: 1\n c: 2", "3:2 this line does not fit the block that begins on line 1",
         "give all lines of a block the same indentation, and either `- ` to each of them or to none"),
        ("a: 1\n- b", "2:1 this line does not fit the block that begins on line 1",
         "give all lines of a block the same indentation, and either `- ` to each of them or to none"),
        ("a: - b", "1:4 a list with `-` cannot begin on this line",
         "begin it on the next line, or write `[1, 2]`"),
        ("a: @x", "1:4 a value cannot begin with `@`", 'put the value in quotes: "…"'),
        ("a: `x`", "1:4 a value cannot begin with ```", 'put the value in quotes: "…"'),
        ("a: %x", "1:4 a value cannot begin with `%`", 'put the value in quotes: "…"'),
        ("a: * x", "1:4 a value cannot begin with `*`", 'put the value in quotes: "…"'),
        ("a: & x", "1:4 a value cannot begin with `&`", 'put the value in quotes: "…"'),
        ("b: 1\na: [[1, 2], [3]\nc: 2", "2:4 the bracket `[` opened here is not closed",
         "add the closing `]`, and a comma between every two values"),
        ("a: {b: 1", "1:4 the bracket `{` opened here is not closed",
         "add the closing `}`, and a comma between every two values"),
        ('a: ["x" 2]', "1:9 `,` or `]` was expected here", "put a comma between two values"),
        ("a: [1,,2]", "1:7 a value was expected before `,`", "write the value, or remove the comma"),
        ("a: [1]]", "1:7 `]` closes a bracket that was not opened", "remove it"),
        ("a: ]", "1:4 `]` closes a bracket that was not opened", "remove it, or put the value in quotes"),
        ("[[", "1:3 the text ends inside a bracket", "add the closing `]` or `}`"),
        ('a: "b\nc: 1', '1:4 the quote `"` opened here is never closed', 'add the closing `"`'),
        ("a: 'b\nc: 1", "1:4 the quote `'` opened here is never closed", "add the closing `'`"),
        ("a: 'it's'", "1:8 the value has ended, and nothing may follow it on this line",
         "put one pair of quotes round the whole value; within '…' write a quote twice"),
        ('a: "\\sigma"', "1:5 a backslash in double quotes begins an escape, and this one is unknown",
         "write `\\\\` for a backslash, or put the text in single quotes"),
        ("a: |x", "1:5 this is not YAML: did not find expected comment or line break",
         "look at the indentation, the colons and the quotes near here"),
        ("a: b\x07c", "1:5 the control character U+0007 cannot stand in a text file",
         "save the file as UTF-8 text in your editor"),
        ("a: 1\nb: \ufeff", "2:4 the control character U+FEFF cannot stand in a text file",
         "save the file as UTF-8 text in your editor"),
        ("a: \ud800", "1:4 the control character U+D800 cannot stand in a text file",
         "save the file as UTF-8 text in your editor"),
        (b"\0\0\1", "1:1 the control character U+0000 cannot stand in a text file",
         "save the file as UTF-8 text in your editor"),
        (b"\x89PNG\r\n\0", "1:1 the byte 0x89 is not UTF-8 text", "save the file as UTF-8 text in your editor"),
        ("ŷ: 1\nŷ: ".encode() + b"\xe9t\xe9", "2:4 the byte 0xe9 is not UTF-8 text",
         "save the file as UTF-8 text in your editor"),
        (b"\xef\xbb\xbfa: \xff", "1:4 the byte 0xff is not UTF-8 text",
         "save the file as UTF-8 text in your editor"),
        (b"\xff\xfea\0:\0\0\xd8", "1:3 the byte 0x00 is not UTF-16 text",
         "save the file as UTF-8 text in your editor"),
        ("[" * 51, "1:51 brackets or indented blocks are nested more than 50 deep",
         "remove the brackets that are too many"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(text: str | bytes, what: str, hint: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        read_text(text, "f.yaml")
    (problem,) = caught.value.problems
    assert problem.span is not None
    assert (f"{problem.span.line}:{problem.span.column} {problem.what}", problem.hint) == (what, hint)
    assert problem.span.source == "f.yaml"


def test_several_mistakes_are_reported_together() -> None:
    assert drawn("a: 1\na: 2\nb: {c: 1, [d]: 2, 'c': 3}\ne: [!t x, *f]\n") == (
        """\
f.yaml:2:1: error: the key `a` is used a second time, first on line 1
    2 │ a: 2
      │ ^
  help: remove or rename one of the two

f.yaml:3:11: error: a key must be a text, not a list or a mapping
    3 │ b: {c: 1, [d]: 2, 'c': 3}
      │           ^^^
  help: write `name: value`

f.yaml:3:19: error: the key `c` is used a second time, first on line 3
    3 │ b: {c: 1, [d]: 2, 'c': 3}
      │                   ^^^
  help: remove or rename one of the two

f.yaml:4:5: error: the tag `!t` cannot be used
    4 │ e: [!t x, *f]
      │     ^^
  help: remove it, or put the value in quotes

f.yaml:4:11: error: `*f` repeats the value marked `&f`, and no value above is marked so
    4 │ e: [!t x, *f]
      │           ^^
  help: put the value in quotes if it is a text that begins with `*`"""
    )


def test_mistakes_before_a_syntax_error_are_not_lost() -> None:
    assert drawn("a: {b: 1, b: 2}\nc: @\n") == (
        """\
f.yaml:1:11: error: the key `b` is used a second time, first on line 1
    1 │ a: {b: 1, b: 2}
      │           ^
  help: remove or rename one of the two

f.yaml:2:4: error: a value cannot begin with `@`
    2 │ c: @
      │    ^
  help: put the value in quotes: "…\""""
    )


def test_only_the_first_mistakes_are_reported() -> None:
    with pytest.raises(ExerciseError) as caught:
        read_text("a: 1\n" * 1000, "f.yaml")
    assert len(caught.value.problems) == source.MOST_PROBLEMS


@pytest.mark.parametrize("unit", ["[", "{", "{a: ", "- ", "? "])
@pytest.mark.parametrize("times", [30_000, 1_000_000])
def test_deep_nesting_is_refused_at_once(unit: str, times: int) -> None:
    with soon():
        assert "nested more than 50 deep" in drawn(unit * times)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert isinstance(read_text("[" * 50 + "]" * 50, "f.yaml"), Sequence)


def test_aliases_are_limited_in_number_depth_and_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "r: &r [1, 2]\nx:\n"
    assert isinstance(read_text(row + "- *r\n" * 100, "f.yaml"), Mapping)
    assert "at most 100 aliases such as `*r` are read" in drawn(row + "- *r\n" * 101)
    ladder = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    assert "f.yaml:50:12: error: brackets or indented blocks are nested more than 50 deep" in drawn(ladder)
    tens = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)]
    bomb = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(tens)
    with pytest.raises(LimitError, match="there are more than 1 500 000 values here, the most that are read"):
        read_text(bomb, "f.yaml")
    monkeypatch.setattr("rnncalc.source.events.MOST_NODES", 9)
    assert isinstance(read_text("[a, &b [c, d], *b, e]", "f.yaml"), Sequence)
    with pytest.raises(LimitError):
        read_text("[a, &b [c, d], *b, e, f]", "f.yaml")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1")
    node = read_file(path)
    assert plain(node) == {"a": "1"}
    assert node.span.source == str(path)


def test_a_file_that_cannot_be_opened_is_the_callers_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked.yaml"
    locked.touch()

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError

    expected = {
        tmp_path / "none.yaml": f"there is no file `{tmp_path}/none.yaml`",
        tmp_path: f"`{tmp_path}` is a folder, not a file",
        locked: f"you have no permission to read `{locked}`",
        tmp_path / ("x" * 300): f"`{tmp_path / ('x' * 300)}` cannot be read: File name too long",
        Path("a\0b"): "`a\0b` cannot be read: embedded null byte",
    }
    for path, message in expected.items():
        with monkeypatch.context() as patched:
            if path == locked:
                patched.setattr(Path, "open", refuse)
            with pytest.raises(UsageError) as caught:
                read_file(path)
        assert [problem.what for problem in caught.value.problems] == [message]


def test_a_picture_is_no_text() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)) * 4
    assert drawn(picture) == "error: `f.yaml` is not a text file\n  help: save the file as UTF-8 text in your editor"


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(LimitError) as caught, soon():
        read_file(path)
    assert draw(caught.value.problems) == (
        f"error: `{path}` is larger than 20 MB, the most that is read\n  help: split it into several files"
    )
    with pytest.raises(LimitError, match="`<stdin>` is larger than 20 MB"):
        read_text(b"#" * 20_000_001, "<stdin>")


@soon()
def check_anything(data: str | bytes) -> None:
    """A document or a drawn refusal, soon."""
    try:
        node = read_text(data, "f.yaml")
    except RnncalcError as error:
        text = draw(error.problems)
        assert text.startswith(("f.yaml:", "error: `f.yaml` is not a text file\n"))
    else:
        stack = [node]
        while stack:
            node = stack.pop()
            assert node.span.line >= 1
            assert node.span.length >= 1
            match node:
                case Scalar():
                    assert node.span_at(1, 1, 1).line >= 1
                case Sequence():
                    stack.extend(node.items)
                case Mapping():
                    stack.extend(child for entry in node.entries for child in entry)


fragments = st.sampled_from([
    *"[]{}:,-?&*!|>'\"%@`#\t\n\r \\\x85\u2028\ufeff\ud800\0", "a", "a: ", "- ", "\n  ", "&x ", "*x", "|\n", ">-\n  ",
    "---\n", "...\n", "!!str ", "<<: ", "\\x00", "\\U00110000", "ŷ", "😀", "%YAML 1.1\n", "? ", "\r\n", "|2\n",
])  # fmt: skip


@given(st.binary() | st.binary().map(lambda data: b"\xff\xfe" + data))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    check_anything(data)


@pytest.mark.parametrize("parser", [source._Loader, yaml.SafeLoader])
def test_no_text_crashes_the_reader(parser: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_Loader", parser)
    given(st.lists(fragments, max_size=40).map("".join))(check_anything)()


@given(st.integers(0, len(EXERCISE)), st.integers(0, 6), st.lists(fragments, max_size=4).map("".join))
def test_no_slip_of_the_keyboard_crashes_the_reader(at: int, removed: int, typed: str) -> None:
    check_anything(EXERCISE[:at] + typed + EXERCISE[at + removed :])


@given(st.lists(fragments, max_size=12).map("".join))
def test_both_parsers_read_the_same(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        try:
            ours = read_text(text, "f.yaml")
            patched.setattr(source, "_Loader", yaml.SafeLoader)
            theirs = read_text(text, "f.yaml")
        except RnncalcError:
            return
    assert ours == theirs
    assert ours.span == theirs.span
