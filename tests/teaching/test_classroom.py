"""A folder of variants: files, the list, class lists that are wrong, text that would be obeyed elsewhere."""

import csv
from pathlib import Path

import pytest
from test_cli import Run, run  # noqa: F401 (a fixture)

from rnncalc import UsageError, load, solve
from rnncalc.errors import draw
from rnncalc.solving import Disagreement
from rnncalc.teaching.classlist import LIST, Student, read_students


def test_a_folder(run: Run) -> None:  # noqa: F811
    made = run("variants", "vietai/exercise3", "--randomize", "-n", "3", "--seed", "7", "-o", "class")
    assert (made.code, made.err) == (0, "")
    assert "3 variants drawn from seed 7." in made.out
    files = sorted(file.name for file in Path("class").iterdir())
    stems = ["variant-01", "variant-02", "variant-03"]
    assert files == sorted([LIST, *(f"{stem}.yaml" for stem in stems), *(f"{stem}-key.md" for stem in stems)])
    assert list(csv.reader(Path("class", LIST).read_text().splitlines())) == [
        ["number", "id", "name", "exercise", "key", "sheet"],
        *([str(number), "", "", f"{stem}.yaml", f"{stem}-key.md", ""] for number, stem in enumerate(stems, 1)),
    ]
    exercise = load("class/variant-02.yaml")
    solution = solve(exercise)
    assert not [one for one in solution.remarks if isinstance(one, Disagreement)]
    key = Path("class/variant-02-key.md").read_text()
    assert key == solution.text("steps", "markdown").replace("# GRU: find ŷ₁\n", "# GRU: find ŷ₁ (2)\n", 1)
    assert run("variants", "vietai/exercise3", "--randomize", "-n", "3", "--seed", "7", "-o", "again").code == 0
    assert Path("again/variant-02.yaml").read_bytes() == Path("class/variant-02.yaml").read_bytes()


def test_sheets_to_be_filled_in(run: Run) -> None:  # noqa: F811
    """They say whose they are, as keys do."""
    Path("class.csv").write_text("n17,Lan\nn18,\n", encoding="utf-8")
    made = run("variants", "vietai/exercise4", "--randomize", "--students", "class.csv", "--sheets", "html", "-o", "c")
    assert (made.code, made.err) == (0, "")
    assert sorted(file.name for file in Path("c").glob("n17*")) == ["n17-key.md", "n17-sheet.html", "n17.yaml"]
    key, sheet = Path("c/n17-key.md").read_text(), Path("c/n17-sheet.html").read_text()
    assert all(words in page for page in (key, sheet) for words in ("(1)", "· Lan · n17"))
    assert run("variants", "vietai/exercise4", "--randomize", "--students", "class.csv", "-n", "3", "-o", "d") == (
        2, "", "error: `class.csv` names 2 students, and 3 variants are asked for\n"
               "  help: leave `-n` out: there is a variant for each student\n"
    )  # fmt: skip


def test_variants_of_a_cell(run: Run) -> None:  # noqa: F811
    made = run("variants", "mgu", "--randomize", "-n", "2", "--keys", "none", "-o", "class")
    assert (made.code, made.err) == (0, "")
    assert load("class/variant-02.yaml").variant["of"] == "mgu"
    assert run("variants", "mguu", "--randomize", "-o", "c") == (
        2, "", "error: there is no cell `mguu`\n  help: did you mean `mgu`?\n"
    )  # fmt: skip


def test_variants_as_a_quiz_too(run: Run) -> None:  # noqa: F811
    """The quiz is that of `export`, whose variants are the same."""
    drawn = ("vietai/exercise3", "--randomize", "-n", "3", "--seed", "7")
    made = run("variants", *drawn, "--quiz", "moodle", "-o", "class")
    assert (made.code, made.err) == (0, "")
    assert run("export", *drawn, "--to", "moodle", "-o", "quiz.xml").code == 0
    assert Path("class/gru-find-y1.xml").read_bytes() == Path("quiz.xml").read_bytes()


def test_a_class_list(run: Run) -> None:  # noqa: F811
    Path("class.csv").write_text('id,name\nn17,"Lan, Trần"\n../../x,=cmd|calc\n"-7",Bình\n', encoding="utf-8")
    made = run(
        "variants", "vietai/exercise4", "--randomize", "--students", "class.csv", "--keys", "none", "-o", "class"
    )
    assert made.code == 0
    assert sorted(file.name for file in Path("class").iterdir()) == ["_-7.yaml", "_.._.._x.yaml", "n17.yaml", LIST]
    assert Path("class", LIST).read_text(encoding="utf-8") == (
        "number,id,name,exercise,key,sheet\n"
        '1,n17,"Lan, Trần",n17.yaml,,\n'
        "2,../../x,'=cmd|calc,_.._.._x.yaml,,\n"
        "3,'-7,Bình,_-7.yaml,,\n"
    )


@pytest.mark.parametrize(
    "text",
    ["a1,Lan\na2,Bình\n", "MSSV;Họ tên\na1;Lan\na2;Bình\n", "\ufeffid\tname\na1\tLan\n\n a2 \tBình\n",
     "Student ID,Name\r\na1,Lan\r\na2,Bình\r\n"],
)  # fmt: skip
def test_spreadsheets_of_several_countries(tmp_path: Path, text: str) -> None:
    file = tmp_path / "c.csv"
    file.write_text(text, encoding="utf-8")
    assert read_students(file) == [Student("a1", "Lan"), Student("a2", "Bình")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "error: `c.csv` names no student\n  help: write one student a line: `id, name`"),
        ("id,name\n", "error: `c.csv` names no student\n  help: write one student a line: `id, name`"),
        (
            "a,Lan\nb\na,Bình\n",
            "error: `c.csv`: the student id `a` is used twice\n"
            "  help: give every student an id of its own, of letters and digits",
        ),
        (
            "đ1,Lan\nĐ1,Bình\n",
            "error: `c.csv`: the student id `Đ1` is used twice\n"
            "  help: give every student an id of its own, of letters and digits",
        ),
        (
            "..,Lan\n",
            "error: `c.csv`: the student id `..` is empty\n"
            "  help: give every student an id of its own, of letters and digits",
        ),
    ],
)
def test_a_class_list_that_is_wrong(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_students(Path("c.csv"))
    assert draw(caught.value.problems) == message


def test_students_without_names(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("\ufeffa\n\nb , Lan \n", encoding="utf-8")
    assert read_students(tmp_path / "c.csv") == [Student("a"), Student("b", "Lan")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("vietai/exercise3", "-o", "class"),
            "error: `exercise3` does not say what to draw at random\n"
            "  help: add `--randomize` to draw all its numbers, or `randomize: {W: {from: -2, to: 2}}` to the file\n",
        ),
        (
            ("vietai/exercise3", "--randomize"),
            "error: no folder is named for the variants\n  help: add `-o DIR`, or `--stress N` to try it\n",
        ),
        (
            ("vietai/exercise3", "--randomize", "-o", "full"),
            "error: `full` holds variants already\n  help: choose another folder, or remove that one\n",
        ),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:  # noqa: F811
    Path("full").mkdir()
    Path("full", LIST).write_text("")
    assert run("variants", *arguments) == (2, "", message)


def test_stress_writes_nothing(run: Run) -> None:  # noqa: F811
    made = run("variants", "vietai/exercise4", "--randomize", "--stress", "20", "--seed", "3")
    assert made.code == 0
    assert "20 variants drawn from seed 3." in made.out
    assert list(Path().iterdir()) == [Path("a.yaml")]
