"""A class graded: where submissions come from, a run that is killed, what hostile files do (nothing), a cluster."""

import csv
import gc
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from test_cli import Run, run  # noqa: F401 (a fixture)

from rnncalc import UsageError
from rnncalc.errors import draw
from rnncalc.grading import Grade, Job, collect, grade_all
from rnncalc.grading.job import graded, grading, page_name
from rnncalc.grading.journal import Journal
from rnncalc.grading.running import _spread, _Waiting
from rnncalc.grading.submission import Submission
from rnncalc.languages import said
from rnncalc.library import find

EXERCISE = "vietai/exercise3"
RIGHT = """\
z_1: [0.8808, 0.9526]
r_1: [0.8808, 0.0067]
h̃_1: [0.9640, 0.9951]
h_1: [0.8491, 0.9479]
ŷ_1: [0.8491, 0.9479]
"""
TURNED = RIGHT.replace("[0.8491, 0.9479]", "[0.1149, 0.0472]")


def job(**options: object) -> Job:
    return Job(str(find(EXERCISE)), **options)  # type: ignore[arg-type]


def class_of(count: int, folder: Path) -> Path:
    """A folder with so many sheets, every third with a mistake."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"s{number:04}.yaml").write_text(TURNED if number % 3 == 0 else RIGHT, encoding="utf-8")
    return folder


def rows(file: str | Path) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(file).read_text(encoding="utf-8").splitlines()))


# ---------------------------------------------------------------- from beginning to end


def test_a_folder(run: Run) -> None:  # noqa: F811
    class_of(6, Path("class"))
    Path("class/late").mkdir()
    Path("class/late/answers.json").write_text(json.dumps({"student": "Lan", "h_1": [0.8491, "0,9"]}), encoding="utf-8")
    made = run("grade", EXERCISE, "class", "-o", "grades.csv", "--feedback", "pages", "--report", "report.md")
    assert (made.code, made.out, made.err) == (0, "", "")
    found = rows("grades.csv")
    assert [row["id"] for row in found] == ["late", *(f"s{number:04}" for number in range(6))]
    assert [(row["marks"], row["first wrong"], row["causes"]) for row in found[1:4]] == [
        ("8", "h_1", "update-gate-turned-round"), ("10", "", ""), ("10", "", ""),
    ]  # fmt: skip
    assert found[0]["name"] == "Lan"
    assert sorted(file.name for file in Path("pages").iterdir()) == ["late.md", *(f"s{n:04}.md" for n in range(6))]
    assert "z and 1 − z exchanged" in Path("pages/s0000.md").read_text()
    report = Path("report.md").read_text()
    assert "7 sheets graded" in report
    assert "| update-gate-turned-round | z and 1 − z exchanged | 2 |" in report
    assert not Path("grades.csv.journal").exists()


def test_a_table_with_a_row_for_each_student(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text('Name,ID,h_1,z_1\nLan,7,0.8491; 0.9479,"[0.8808, 0.9526]"\n\nBình,8,,1\n', encoding="utf-8")
    first, second = collect(file)
    assert (first.id, first.name, json.loads(first.data)) == (
        "7", "Lan", {"answers": {"h_1": ["0.8491", "0.9479"], "z_1": "[0.8808, 0.9526]"}},
    )  # fmt: skip
    assert (second.id, second.name, json.loads(second.data)) == ("8", "Bình", {"answers": {"z_1": "1"}})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("\ufeffid;name;z_1;h_1\n7;Lan Trần;0,88 0,95;0,84\n", "utf-8"),
        ("Mã số sinh viên\tHọ và tên\tz_1\th_1\r\n7\tLan Trần\t0,88 0,95\t0,84\r\n", "utf-16"),
        ('ID number;First name;Surname;z_1;"h_1"\n7;Lan;Trần;0,88 0,95;0,84;;\n', "utf-8"),
    ],
)
def test_tables_as_spreadsheets_of_all_countries_save_them(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(text.encode(encoding))
    (one,) = collect(file)
    assert (one.id, one.name, json.loads(one.data)) == (
        "7", "Lan Trần", {"answers": {"z_1": "0,88 0,95", "h_1": "0,84"}},
    )  # fmt: skip


def test_rows_that_are_not_what_the_first_line_says(tmp_path: Path) -> None:
    """They are listed; who has no id goes by the name, or by the row."""
    file = tmp_path / "answers.csv"
    file.write_text(f"id,name,z_1\n1,Lan,0,88\n,Bình,1\n,,2\n4,An,{'9' * 200_000}\n4,An,{'9' * 1_000_000}\n5\n")
    assert [(one.id, one.name, one.file, said(one.problem)) for one in collect(file)] == [
        ("1", "Lan", "row 2", "has 4 cells; the first line names 3 columns"),
        ("Bình", "Bình", "row 3", ""), ("row 4", "", "row 4", ""), ("4", "An", "row 5", ""),
        ("4", "An", "row 6", "is larger than 1000000 bytes"), ("5", "", "row 7", ""),
    ]  # fmt: skip


def test_the_zip_of_an_assignment(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Lan Trần_12_assignsubmission_file_/answers.yaml", RIGHT)
        archive.writestr("Lan Trần_12_assignsubmission_file_/photo.jpg", b"\xff")
        archive.writestr("Bình_34_assignsubmission_file_/photo.jpg", b"\xff")
        archive.writestr("Bình_34_assignsubmission_file_/photo2.jpg", b"\xff")
        archive.writestr("chi.docx", b"PK")
        archive.writestr("readme.md", b"for the teacher")
        archive.writestr("__MACOSX/._answers.yaml", b"\0")
        archive.writestr("../..", b"")
        archive.writestr("../../etc/passwd.yaml", RIGHT)
        archive.writestr("/absolute.yaml", RIGHT)
        archive.writestr("bomb.yaml", b"0" * 50_000_000)
    found = {one.file: one for one in collect(file)}
    assert found["Lan Trần_12_assignsubmission_file_/answers.yaml"].id == "12"
    assert found["Lan Trần_12_assignsubmission_file_/answers.yaml"].name == "Lan Trần"
    assert said(found["bomb.yaml"].problem) == "is larger than 1000000 bytes"
    assert found["bomb.yaml"].data == b""
    photo = found["Bình_34_assignsubmission_file_/photo.jpg"]
    told = "is no sheet of answers: a .yaml, .json, .csv or .txt file"
    assert (photo.id, photo.name, photo.data, said(photo.problem)) == ("34", "Bình", b"", told)
    assert said(found["chi.docx"].problem) == told
    assert [one.id for one in found.values()] == ["etc", "absolute", "12", "bomb", "34", "chi"]
    assert not (tmp_path.parent / "etc").exists()
    assert page_name("../../etc/passwd", "markdown").startswith("_.._.._etc_passwd-")


def test_what_was_typed_into_moodle(tmp_path: Path) -> None:
    """A text field is a page of HTML in the zip; its lines are a sheet, and nothing else of it counts."""
    typed = (
        '<p dir="ltr">z_1:&nbsp;[0.8808, 0.9526]</p><p>r_1: [<b>0.8808</b>, 0.0067]'
        "<br />h̃_1 = &#91;0.9640; 0.9951]</p>\n"
        "<script>alert(1)</script><p>h_1: [0.8491, x &lt; 1]</p>"
    )
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("Lan Trần_12_assignsubmission_onlinetext_/onlinetext.html", typed)
        archive.writestr("Bình_13_assignsubmission_onlinetext/onlinetext.html", "<" * 400_000 + "<p " * 100_000)
    lan, binh = sorted(collect(tmp_path / "all.zip"), key=lambda one: one.id)
    assert (lan.id, lan.name, lan.problem) == ("12", "Lan Trần", "")
    assert lan.data.decode().split("\n") == [
        "z_1: [0.8808, 0.9526]", "r_1: [0.8808, 0.0067]", "h̃_1 = [0.9640; 0.9951]", "",
        "alert(1)h_1: [0.8491, x < 1]", "",
    ]  # fmt: skip
    assert (graded(job(), lan).verdicts["exact"], graded(job(), lan).earned) == (6, "6")
    assert graded(job(), binh).problem.startswith("line 1: ")


def test_files_of_a_folder_that_can_be_no_sheets(tmp_path: Path) -> None:
    """Each student without a sheet is listed once; what nobody handed in is not."""
    inside = ("an/a.yaml", "an/a.jpg", "bo/1.jpg", "bo/2.jpg", "chi.yaml", "chi.docx", "lan.docx", "minh/readme.txt")
    litter = (".DS_Store", "Thumbs.db", "an/desktop.ini", "README.md", "__MACOSX/an/a.yaml", ".git/x.yaml")
    for name in (*inside, *litter):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(RIGHT.encode())
    told = "is no sheet of answers: a .yaml, .json, .csv or .txt file"
    assert [(one.id, one.file, said(one.problem)) for one in collect(tmp_path)] == [
        ("an", "an/a.yaml", ""), ("chi", "chi.yaml", ""), ("minh", "minh/readme.txt", ""),
        ("bo", "bo/1.jpg", told), ("lan", "lan.docx", told),
    ]  # fmt: skip


def test_links_lead_to_nobody_elses_sheet(tmp_path: Path) -> None:
    """Those of the class folder are the teacher's."""
    for folder in ("class/an", "class/bo", "store"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("class/an/a.yaml", "store/chi.yaml"):
        (tmp_path / file).write_text(RIGHT)
    for link, target in {
        "class/bo/b.yaml": "../an/a.yaml", "class/bo/an": "../an", "class/bo/lost.yaml": "nowhere",
        "class/self": "self", "class/an/same.yaml": "a.yaml", "class/an/here": ".", "class/chi": "../store",
        "class/do.yaml": "../store/chi.yaml",
    }.items():  # fmt: skip
        (tmp_path / link).symlink_to(target)
    os.mkfifo(tmp_path / "class/pipe.yaml")
    outside = "is a link that leads out of the student's folder"
    assert [(one.id, one.file, said(one.problem)) for one in collect(tmp_path / "class")] == [
        ("an", "an/a.yaml", ""), ("an", "an/same.yaml", ""),
        ("bo", "bo/an", outside), ("bo", "bo/b.yaml", outside), ("bo", "bo/lost.yaml", "is a link that leads nowhere"),
        ("chi", "chi/chi.yaml", ""), ("do", "do.yaml", ""), ("pipe", "pipe.yaml", "is no file"),
        ("self", "self", "cannot be read: Too many levels of symbolic links"),
    ]  # fmt: skip


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listed, and nobody else is lost."""
    class_of(1, tmp_path / "class")
    (tmp_path / "class/an").mkdir()
    scan = os.scandir

    def refuse(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("an"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [(one.id, one.file, said(one.problem)) for one in collect(tmp_path / "class")] == [
        ("an", "an", "cannot be read: Permission denied"), ("s0000", "s0000.yaml", ""),
    ]  # fmt: skip


def test_a_zip_made_on_windows(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("Lan_12_assignsubmission_file_\\", "Lan_12_assignsubmission_file_\\a.yaml", "bo\\sheets\\b.json"):
            archive.writestr(zipfile.ZipInfo(name), "z_1: [1, 2]" if name.endswith("l") else "")
    assert [(one.id, one.name, one.file, said(one.problem)) for one in collect(tmp_path / "all.zip")] == [
        ("12", "Lan", "Lan_12_assignsubmission_file_\\a.yaml", ""), ("bo", "", "bo\\sheets\\b.json", ""),
    ]  # fmt: skip


def test_a_student_with_several_sheets(run: Run) -> None:  # noqa: F811
    """Each is graded, has a line and a page, and the teacher is told. An id may be bytes that are no text."""
    Path("class/lan").mkdir(parents=True)
    for file in ("class/lan/a.yaml", "class/lan/b.yaml", "class/LAN.yaml", os.fsdecode(b"class/b\xff.yaml")):
        Path(file).write_text(TURNED if file.endswith("b.yaml") else RIGHT)
    made = run("grade", EXERCISE, "class", "-o", "g.csv", "--feedback", "pages", "--report", "report.md")
    assert (made.code, made.err) == (0, "")
    assert [(row["id"], row["marks"], row["file"]) for row in rows("g.csv")] == [
        ("LAN", "10", "LAN.yaml"), ("b\\udcff", "10", "b\\udcff.yaml"), ("lan", "10", "lan/a.yaml"),
        ("lan", "8", "lan/b.yaml"),
    ]  # fmt: skip
    pages = sorted(Path("pages").iterdir())
    assert [page.name for page in pages] == ["LAN.md", "b_udcff-5ad925.md", "lan-92a909.md", "lan-b2f1ec.md"]
    assert ["exchanged" in page.read_text(encoding="utf-8") for page in pages].count(True) == 1
    told = "> **Warning**\n> 1 student handed in more than one sheet, each graded by itself: lan.\n"
    assert told in Path("report.md").read_text(encoding="utf-8")


def test_variants_by_student(run: Run) -> None:  # noqa: F811
    """Names of files cannot hold every id; who has no variant is not graded against another's."""
    Path("class.csv").write_text("id\nlan\nb/inh\n")
    assert run("variants", EXERCISE, "--randomize", "--students", "class.csv", "--keys", "none", "-o", "v").code == 0
    Path("subs").mkdir()
    for student, file in (("lan", "lan"), ("B_inh", "b_inh")):
        answers = json.loads(run("solve", f"v/{file}.yaml", "--json", "--digits", "6").out)["answers"]
        Path(f"subs/{student}.json").write_text(json.dumps({"y_1": [line[0] for line in answers["y_1"]["value"]]}))
    Path("subs/stranger.yaml").write_text("y_1: [0, 0]\n")
    assert run("grade", EXERCISE, "subs", "--variants", "v", "-o", "g.csv").code == 0
    assert [(row["id"], row["percent"], row["problem"]) for row in rows("g.csv")] == [
        ("B_inh", "100", ""), ("lan", "100", ""), ("stranger", "", "no variant was made for `stranger`"),
    ]  # fmt: skip


def test_a_process_is_handed_the_variant_of_a_submission_alone(tmp_path: Path) -> None:
    """The grade and all that it hangs on are the same, whoever finds the variant: by id, by name, or nowhere."""
    numbered = {f"s{number}": str(tmp_path / f"{number}.yaml") for number in range(1000)}
    whole = job(exercises={**numbered, "lan": str(find(EXERCISE))}, named={"bình lê": str(find(EXERCISE)), **numbered})
    students = [("Lan", ""), ("71", "Lê Bình"), ("stranger", ""), ("s7", "")]
    for one in (Submission(student, name, "a.yaml", RIGHT.encode()) for student, name in students):
        alone = whole.of_one(one)
        assert len(pickle.dumps(alone)) < 1000
        assert graded(alone, one) == graded(whole, one)
    assert job().of_one(one) == job()


def test_variants_of_a_moodle_class(run: Run) -> None:  # noqa: F811
    """Moodle knows students by numbers of its own: their names tell whose variant is whose, in any order of the parts,
    unless two have the same. A variant that is gone is told of its student alone."""
    Path("class.csv").write_text("id,name\nn1,Trần Lan\nn2,Bình Lê\nn3,An Vũ\nn4,an  vũ\nn5,Chi Hồ\n")
    assert run("variants", EXERCISE, "--randomize", "--students", "class.csv", "--keys", "none", "-o", "v").code == 0
    with zipfile.ZipFile("all.zip", "w") as archive:
        for number, (student, name) in enumerate(
            [("n1", "Lan Trần"), ("n2", "bình lê"), ("n3", "An Vũ"), ("n5", "Chi Hồ")], 71
        ):
            answers = json.loads(run("solve", f"v/{student}.yaml", "--json", "--digits", "6").out)["answers"]
            sheet = json.dumps({"y_1": [line[0] for line in answers["y_1"]["value"]]})
            archive.writestr(f"{name}_{number}_assignsubmission_file_/a.json", sheet)
    Path("v/n5.yaml").unlink()
    assert run("grade", EXERCISE, "all.zip", "--variants", "v", "-o", "g.csv").code == 0
    assert [(row["id"], row["name"], row["percent"], row["problem"].partition(" `")[0]) for row in rows("g.csv")] == [
        ("71", "Lan Trần", "100", ""), ("72", "bình lê", "100", ""), ("73", "An Vũ", "", "no variant was made for"),
        ("74", "Chi Hồ", "", "the exercise: there is no file"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "-o", "g.csv"),
         "error: there are no submissions at `nowhere`\n"
         "  help: name a folder with a file for each student, a zip, or a CSV table\n"),
        (("empty", "-o", "g.csv"),
         "error: `empty` holds no submission\n"
         "  help: each student has a file `ID.yaml` in it (or .json, .csv, .txt), or a folder of that name\n"),
        (("papers", "-o", "g.csv"),
         "error: `papers` holds no sheet of answers, only `a.docx`, `b/c.pdf`, `d.docx` and 1 more\n"
         "  help: each student has a file `ID.yaml` in it (or .json, .csv, .txt), or a folder of that name\n"),
        (("no.zip", "-o", "g.csv"),
         "error: `no.zip` is not a zip that can be read: File is not a zip file\n  help: download it again\n"),
        (("no.csv", "-o", "g.csv"),
         "error: `no.csv` has no column for the student\n"
         "  help: the first line names the columns: `id,name,h_1,h_2`\n"),
        (("head.csv", "-o", "g.csv"),
         "error: `head.csv` holds no submission\n  help: write a row for each student\n"),
        (("class",),
         "error: no file is named for the grades\n"
         "  help: add `-o grades.csv`: a run that is stopped goes on from there\n"),
        (("class", "-o", "class/g.csv"),
         "error: `g.csv` would lie among the submissions, and be graded the next time\n"
         "  help: name one outside of `class`\n"),
        (("class", "-o", "g.csv", "--feedback", "class/pages"),
         "error: `pages` would lie among the submissions, and be graded the next time\n"
         "  help: name one outside of `class`\n"),
        (("class", "-o", "no.csv/g.csv"),
         "error: cannot write `no.csv/g.csv`: there is no folder `no.csv`\n"
         "  help: make the folder first, or choose another\n"),
        (("class", "-o", "g.csv", "--report", "nowhere/r.html"),
         "error: cannot write `nowhere/r.html`: there is no folder `nowhere`\n"
         "  help: make the folder first, or choose another\n"),
        (("class", "-o", "g.csv", "--report", "r.json"),
         "error: there is no format `json`\n"
         "  help: the formats are `html`, `latex`, `markdown`, `pdf`, `terminal`, `typst`\n"),
        (("class", "-o", "g.csv", "--feedback", "pages", "--feedback-format", "docx"),
         "error: there is no format `docx`\n"
         "  help: the formats are `html`, `latex`, `markdown`, `pdf`, `terminal`, `typst`\n"),
        (("class", "-o", "g.csv", "--feedback", "no.csv"),
         "error: cannot make the folder `no.csv`: it is a file\n  help: choose another name\n"),
        (("no.csv", "-o", "no.csv"),
         "error: `-o no.csv` would overwrite what it is made from\n"
         "  help: give the result another name, such as `-o solution.md`\n"),
        (("class", "-o", "g.csv", "--cluster", "here"),
         "error: no cluster answers at `here`: missing port number in address 'here'\n"
         "  help: start one with `dask scheduler`, or name its address, `tcp://host:8786`\n"),
        ((), "error: there is nothing to grade\n  help: name a folder, a zip or a CSV table behind the exercise\n"),
        (("class", "-o", "g.csv", "--variants", "empty"),
         "error: `empty` has no `variants.csv`\n  help: `rnncalc variants --students CSV -o empty` writes it\n"),
    ],
)  # fmt: skip
def test_wrong_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:  # noqa: F811
    class_of(1, Path("class"))
    Path("empty").mkdir()
    Path("papers/b").mkdir(parents=True)
    for name in ("d.docx", "b/c.pdf", "e.docx", "a.docx"):
        Path("papers", name).touch()
    Path("no.zip").write_text("x")
    Path("no.csv").write_text("a,b\n1,2\n")
    Path("head.csv").write_text("id,h_1\n")
    assert run("grade", EXERCISE, *arguments) == (2, "", message)
    assert not Path("g.csv.journal").exists()


# ---------------------------------------------------------------- hostile files

HOSTILE = {
    "brackets": "[" * 30_000,
    "aliases": "a: &a [1, 1]\n"
    + "".join(f"{n}: &{n} [{f'*{p},' * 9}*{p}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True)),
    "power": "h_1: [9**9**9, 1e999999999]",
    "code": "h_1: [\"__import__('os').system('touch executed')\", 1]",
    "markup": '"<script>alert(1)</script>": 1\nh_1: ["[bold]x[/bold]", "\\e[31m"]\nstudent: "=cmd|\' /C calc\'!A0"',
    "names": json.dumps(
        {"student": "a\n=b;=c\x1b[31m\u202e", "z_1": ["$\\input{x}", "<img src=x>\x9b"], "[l](javascript:x)|\x1b[1m": 1}
    ),
    "binary": "\x00\xff\x01",
    "empty": "",
    "numbers": "h_1: [" + ", ".join(["0.5"] * 100_000) + "]",
}


ACTIVE = {".html": "<(script|img)", ".md": r"(?<!\\)<(script|img)|(?<!\\)\]\(javascript", ".tex": r"\\input\{x"}


def test_pages_speak_the_language_asked_for(tmp_path: Path) -> None:
    """Wherever the job is done: another process knows of the language by the job alone."""
    spoken = job(pages=str(tmp_path), language="vi")
    graded(spoken, Submission("a", "", "a.yaml", TURNED.encode()))
    assert "sai ở đây: nhầm z với 1 − z" in Path(tmp_path, "a.md").read_text(encoding="utf-8")


def test_hostile_files_are_inert(run: Run) -> None:  # noqa: F811
    class_of(2, Path("class"))
    for name, text in HOSTILE.items():
        Path(f"class/{name}.yaml").write_bytes(text.encode("latin-1" if name == "binary" else "utf-8"))
    for form, ending in (("markdown", "md"), ("latex", "tex"), ("terminal", "txt"), ("html", "html")):
        options = ("--feedback", f"pages-{form}", "--feedback-format", form, "--report", f"report.{ending}")
        assert run("grade", EXERCISE, "class", "-o", f"grades-{form}.csv", *options).code == 0
    found = {row["id"]: row for row in rows("grades-html.csv")}
    assert set(found) == {*HOSTILE, "s0000", "s0001"}
    assert all(found[name]["problem"] for name in ("brackets", "aliases", "binary", "empty"))
    assert found["s0001"]["percent"] == "100"
    assert found["markup"]["name"].startswith("'=cmd")
    assert found["names"]["name"] == "a =b;'=c\\x1b[31m\\u202e"
    assert not Path("executed").exists()
    pages = [page for folder in Path().glob("pages-*") for page in folder.iterdir()]
    assert len(pages) == 4 * (len(found) - 4)
    for page in (*pages, *Path().glob("report.*"), *Path().glob("grades*")):
        text = page.read_text(encoding="utf-8")
        assert not re.search(ACTIVE.get(page.suffix, "$^"), text)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_hostile_text_on_gradescope(run: Run) -> None:  # noqa: F811
    Path("a.json").write_text(HOSTILE["names"])
    assert run("grade", EXERCISE, "a.json", "--gradescope", "-o", "results.json").code == 0
    found = json.loads(Path("results.json").read_text(encoding="utf-8"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", found["output"] + str(found["tests"]))
    assert found["tests"][0]["output"] == (
        "not read: a number was expected, not `$\\input{x}`; not read: a number was expected, not `<img src=x>\\x9b`"
    )


# ---------------------------------------------------------------- a run that dies


def test_a_journal_that_was_torn(tmp_path: Path) -> None:
    folder, file = class_of(4, tmp_path / "class"), tmp_path / "g.journal"
    journal = Journal(file)
    grade_all(job(), list(collect(folder))[:3], journal)
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    journal.close()
    again = Journal(file)
    assert len(again.known) == 2
    grade_all(job(), collect(folder), again)
    grades = list(again.grades())
    assert sorted(grade.id for grade in grades) == [f"s{number:04}" for number in range(4)]
    assert file.read_bytes().startswith(whole[: whole[:-1].rfind(b"\n") + 1])


def test_two_runs_do_not_write_into_each_other(run: Run) -> None:  # noqa: F811
    class_of(1, Path("class"))
    other = Journal(Path("g.csv.journal"))
    assert run("grade", EXERCISE, "class", "-o", "g.csv") == (
        2, "", "error: another run is at work on `g.csv`\n"
        "  help: wait until it has ended, or give the grades another name\n",
    )  # fmt: skip
    other.close()
    assert run("grade", EXERCISE, "class", "-o", "g.csv").code == 0


def test_what_has_changed_is_graded_again(tmp_path: Path) -> None:
    folder = class_of(2, tmp_path / "class")
    journal = Journal(tmp_path / "g.journal")
    grade_all(job(), collect(folder), journal)
    (folder / "s0000.yaml").write_text(RIGHT, encoding="utf-8")
    (folder / "s0001.yaml").unlink()
    grade_all(job(), collect(folder), journal)
    assert [(grade.id, grade.earned) for grade in journal.grades()] == [("s0000", "10")]


def test_an_exercise_that_has_changed_since_the_last_run_in_this_process(tmp_path: Path) -> None:
    """As in the worker of a cluster, which goes on from run to run."""
    exercise = tmp_path / "exercise.yaml"
    (tmp_path / "class").mkdir()
    (tmp_path / "class/lan.yaml").write_text("h_1: 1.5\n")
    journal = Journal(tmp_path / "g.journal")
    for weight, earned in (("3", "1"), ("5", "0")):
        exercise.write_text(f"equations: 'h[t] = w * x[t]'\ninputs: {{x: [0.5]}}\nparameters: {{w: {weight}}}\n")
        grade_all(Job(str(exercise)), collect(tmp_path / "class"), journal)
        assert [grade.earned for grade in journal.grades()] == [earned]


def test_threads_of_one_process_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rnncalc.grading import job as module

    at_work, most, judge = [0], [0], module.check

    def check(*given: Any) -> Any:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        time.sleep(0.002)
        at_work[0] -= 1
        return judge(*given)

    monkeypatch.setattr(module, "check", check)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda one: graded(job(), one), collect(class_of(8, tmp_path / "class"))))
    assert [grade.earned for grade in found] == ["8", "10", "10"] * 2 + ["8", "10"]
    assert most == [1]


def test_a_run_that_ends_in_an_error_is_taken_up_again(tmp_path: Path) -> None:
    """What was at work is asked for again; a line that stands twice in the journal counts once."""
    folder, file = class_of(20, tmp_path / "class"), tmp_path / "g.journal"

    def ending(after: int) -> Iterator[Submission]:
        for number, one in enumerate(collect(folder)):
            if number == after:
                raise OSError("the disk is gone")
            yield one

    journal = Journal(file)
    with pytest.raises(OSError, match="the disk is gone"):
        grade_all(job(), ending(18), journal)
    assert len(list(journal.grades())) == 16
    grade_all(job(), collect(folder), journal)
    assert [grade.id for grade in journal.grades()] == [f"s{number:04}" for number in range(20)]
    file.write_bytes(file.read_bytes() + file.read_bytes().splitlines(keepends=True)[3])
    journal.close()
    again = Journal(file)
    grade_all(job(), collect(folder), again)
    assert [grade.id for grade in again.grades()] == [f"s{number:04}" for number in range(20)]


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "rnncalc", "grade", EXERCISE, str(folder), "-o", "grades.csv", *options]


def test_another_language_or_page_is_graded_again(tmp_path: Path) -> None:
    """A run that is taken up with other options does not mix two languages, or pages with and without right values."""
    one = Submission("lan", "", "lan.yaml", RIGHT.encode())
    english = job(pages="p")

    def digest(job: Job, submission: Submission) -> str:
        with grading(job) as grader:
            return grader.digest(submission)

    digests = {
        digest(each, one)
        for each in (english, job(), job(language="vi"), job(pages="p", language="vi"), job(pages="p", reveal=True),
                     job(pages="p", page_format="html"), job(pages="q"))
    }  # fmt: skip
    assert len(digests) == 7
    assert digest(job(pages="p"), one) == digest(english, one)
    assert digest(job(reveal=True, page_format="html", seconds=3), one) == digest(job(), one)


def test_problems_speak_the_language_of_the_pages(run: Run) -> None:  # noqa: F811
    Path("class").mkdir()
    Path("class/lan.yaml").write_text("- 1\n- 2\n")
    Path("class/minh.yaml").write_bytes(b"0" * 1_000_001)
    assert run("grade", EXERCISE, "class", "-o", "g.csv", "--report", "r.md", "--lang", "vi").code == 0
    assert [row["problem"] for row in rows("g.csv")] == [
        "dòng 1: một bài nộp gồm các dòng `tên: các số`", "lớn hơn 1000000 byte",
    ]  # fmt: skip
    assert "| lan.yaml | dòng 1: một bài nộp gồm các dòng " in Path("r.md").read_text()


def test_no_cycles_are_left(tmp_path: Path) -> None:
    """A run rarely looks for cycles, since a sheet leaves none behind; afterwards Python does as before."""
    folder, before = class_of(60, tmp_path / "sheets"), gc.get_threshold()
    left = []
    for turn in ("first", "second"):
        gc.collect()
        grade_all(job(), collect(folder), Journal(tmp_path / turn))
        left.append(gc.collect())
    assert left[1] < 60
    assert gc.get_threshold() == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_and_taken_up_again(tmp_path: Path, jobs: str) -> None:
    """kill -9 in the middle: the journal keeps what was graded, and the next run grades the rest, each student once."""
    folder = class_of(600, tmp_path / "class")
    journal = tmp_path / "grades.csv.journal"
    run_ = subprocess.Popen(command(folder, "--jobs", jobs), cwd=tmp_path, start_new_session=True)
    for _ in range(3000):
        if journal.exists() and journal.stat().st_size > 5000:
            break
        time.sleep(0.01)
    os.killpg(run_.pid, signal.SIGKILL)
    run_.wait()
    assert not (tmp_path / "grades.csv").exists()
    kept = journal.read_bytes().count(b"\n")
    assert 0 < kept < 600
    subprocess.run(command(folder, "--jobs", jobs), cwd=tmp_path, check=True, capture_output=True)
    found = rows(tmp_path / "grades.csv")
    assert [row["id"] for row in found] == [f"s{number:04}" for number in range(600)]
    assert sum(row["percent"] == "80" for row in found) == 200
    assert not journal.exists()


def test_a_file_that_kills_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are graded, and the file is listed."""
    from rnncalc.grading import running

    folder = class_of(8, tmp_path / "class")
    (folder / "killer.yaml").write_text(RIGHT + "# kill\n", encoding="utf-8")
    monkeypatch.setattr(running, "graded", deadly)
    journal = Journal(tmp_path / "g.journal")
    grade_all(job(), collect(folder), journal, jobs=2)
    grades = {grade.id: grade for grade in journal.grades()}
    assert len(grades) == 9
    assert grades["killer"].problem == "the grading process ended 3 times over this file (BrokenProcessPool)"
    assert sum(grade.problem == "" for grade in grades.values()) == 8


def deadly(job: Job, submission: object) -> Grade:
    from rnncalc.grading.job import graded

    if b"# kill" in submission.data:  # type: ignore[attr-defined]
        os.kill(os.getpid(), signal.SIGKILL)
    return graded(job, submission)  # type: ignore[arg-type]


def test_a_process_that_dies_before_it_is_handed_a_sheet(tmp_path: Path) -> None:
    """The sheet is handed to the next pool, whether any other was at work in the first or not."""

    pools = [0, 2, 1000]

    class Dying(ThreadPoolExecutor):
        def __init__(self) -> None:
            super().__init__(1)
            self.takes = pools.pop(0)

        def submit(self, *task: Any) -> Future[Any]:  # type: ignore[override]
            if not self.takes:
                raise BrokenProcessPool
            self.takes -= 1
            return super().submit(*task) if self.takes else died()

    def died() -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool())
        return future

    kept: list[Grade] = []
    with grading(job()) as grader:
        waiting = (_Waiting(one, grader.digest(one)) for one in collect(class_of(5, tmp_path / "class")))
        _spread(grader, waiting, Dying, 2, kept.extend)
    assert sorted((grade.id, grade.problem) for grade in kept) == [(f"s{number:04}", "") for number in range(5)]
    assert pools == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_the_program_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    from rnncalc.grading import job as module
    from rnncalc.grading import running

    folder = class_of(4, tmp_path / "class")
    (folder / "killer.yaml").write_text(RIGHT + "# kill\n", encoding="utf-8")
    if jobs == 1:
        monkeypatch.setattr(module, "read", failing)
    else:
        monkeypatch.setattr(running, "graded", failing_there)
    journal = Journal(tmp_path / "g.journal")
    grade_all(job(), collect(folder), journal, jobs=jobs)
    assert {grade.id: grade.problem for grade in journal.grades()} == {
        **{f"s{number:04}": "" for number in range(4)},
        "killer": "the grading process ended 3 times over this file (ZeroDivisionError)",
    }


def failing(marking: Any, data: bytes, *others: Any) -> Any:
    from rnncalc.checking import read

    return 1 / 0 if b"# kill" in data else read(marking, data, *others)


def failing_there(job: Job, submission: Submission) -> Grade:
    if b"# kill" in submission.data:
        raise ZeroDivisionError
    return graded(job, submission)


def test_a_sheet_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has left half done is forgotten."""
    from rnncalc.grading import job as module

    (submission,) = collect(class_of(1, tmp_path / "class"))
    assert module.graded(job(seconds=1), submission).problem == ""
    before = module._marking(job().exercise, "")
    monkeypatch.setattr(module, "check", lambda *_: time.sleep(30))
    assert module.graded(job(seconds=1), submission).problem == "took longer than 1 seconds"
    assert module._marking(job().exercise, "") is not before


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """The exercise is not to blame."""
    (tmp_path / "pages").write_text("a file, no folder")
    (submission,) = collect(class_of(1, tmp_path / "class"))
    file = tmp_path / "pages" / f"{submission.id}.md"
    found = graded(job(pages=str(tmp_path / "pages"), page_format="markdown"), submission)
    assert found.problem == f"cannot write `{file}`: Not a directory"


# ---------------------------------------------------------------- Gradescope


def test_results_for_gradescope(run: Run) -> None:  # noqa: F811
    Path("a.yaml").write_text(TURNED, encoding="utf-8")
    assert run("grade", EXERCISE, "a.yaml", "--gradescope", "-o", "results.json").code == 0
    found = json.loads(Path("results.json").read_text())
    assert [(one["name"], one["score"], one["max_score"]) for one in found["tests"]] == [
        ("z₁", 2, 2), ("r₁", 2, 2), ("h̃₁", 2, 2), ("h₁", 0, 2), ("ŷ₁", 2, 2),
    ]  # fmt: skip
    assert {one["visibility"] for one in found["tests"]} == {"visible"}
    assert "z and 1 − z exchanged" in found["output"]
    Path("a.yaml").write_text("[", encoding="utf-8")
    assert run("grade", EXERCISE, "a.yaml", "--gradescope", "-o", "results.json").code == 0
    assert json.loads(Path("results.json").read_text())["score"] == 0


def test_what_was_handed_in_to_gradescope(run: Run) -> None:  # noqa: F811
    """The first sheet that can be read is graded; where there is none, it is told why."""
    outputs = []
    for number, files in enumerate(
        (
            {}, {"a.docx": "x"}, {"a.txt": "z_1: ["},
            {"a.txt": "z_1: [", "b.yaml": RIGHT, "c.json": "{}", "d.jpg": "x"}, {"a.yaml": "0" * 1_000_001},
        )
    ):  # fmt: skip
        folder = Path(f"submission{number}")
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        assert run("grade", EXERCISE, str(folder), "--gradescope", "-o", "results.json").code == 0
        outputs.append(json.loads(Path("results.json").read_text(encoding="utf-8"))["output"].split("\n\n")[0])
    assert outputs == [
        "`submission0` holds no submission",
        "`submission1` holds no sheet of answers, only `a.docx`",
        "line 1: the text ends inside a bracket",
        "Only `b.yaml` is graded, not a.txt, c.json, d.jpg.",
        "is larger than 1000000 bytes",
    ]


OWN = """\
title: A cell of its own
cell: cells/leaky.yaml
find: [h_1]
inputs: {x: [[1]]}
parameters: {w: 2}
"""


def test_the_autograder_folder(run: Run) -> None:  # noqa: F811
    """It has all that it takes to grade on another machine: it is run as Gradescope runs it, in another folder."""
    Path("set/cells").mkdir(parents=True)
    Path("set/own.yaml").write_text(OWN)
    Path("set/cells/leaky.yaml").write_text("title: Leaky\nequations: 'h[t] = w * x[t] + 0.5 * h[t-1]'\n")
    options = ("--tolerance", "0.1", "--credit", "last digit=0", "--decimal-comma", "--lang", "vi", "--reveal")
    assert run("grade", "set/own.yaml", *options, "--autograder", "machine/source") == (0, "", "")
    source = Path("machine/source")
    made = ["cells", "own.yaml", "requirements.txt", "rnncalc", "run_autograder", "setup.sh"]
    assert sorted(file.name for file in source.iterdir()) == made
    assert [file.name for file in source.iterdir() if file.is_file() and os.access(file, os.X_OK)] != []
    assert "msgspec>=0.18.6\n" in (source / "requirements.txt").read_text()
    assert not [*source.rglob("__pycache__")]
    Path("machine/submission").mkdir()
    Path("machine/results").mkdir()
    Path("machine/submission/mine.yaml").write_text("h_1: 2,05\n")
    script = (source / "run_autograder").read_text()
    here = script.replace("/autograder", str(Path("machine").resolve()))
    subprocess.run(["bash", "-c", here.replace("/opt/rnncalc/bin/python", sys.executable)], check=True)
    found = json.loads(Path("machine/results/results.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["score"], one["output"]) for one in found["tests"]] == [("h₁", 1, "đúng")]
    assert "2,05" in found["output"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--autograder", "class"), "error: `class` is not empty\n  help: choose another folder\n"),
        (("--autograder", "auto", "--variants", "v"),
         "error: an autograder has one exercise for all students\n"
         "  help: make an autograder for each variant, or grade the class with `-o grades.csv`\n"),
        (("--autograder", "no.csv/auto"),
         "error: cannot make the folder `no.csv/auto`: Not a directory\n  help: choose another name\n"),
    ],
)  # fmt: skip
def test_an_autograder_that_cannot_be_made(run: Run, arguments: tuple[str, ...], message: str) -> None:  # noqa: F811
    class_of(1, Path("class"))
    Path("no.csv").write_text("id\nlan\n")
    assert run("variants", EXERCISE, "--randomize", "--students", "no.csv", "--keys", "none", "-o", "v").code == 0
    assert run("grade", EXERCISE, *arguments) == (2, "", message)


def test_an_autograder_whose_cell_lies_elsewhere(run: Run) -> None:  # noqa: F811
    Path("set").mkdir()
    Path("leaky.yaml").write_text("title: Leaky\nequations: 'h[t] = w * x[t] + 0.5 * h[t-1]'\n")
    Path("set/own.yaml").write_text(OWN.replace("cells/", "../"))
    assert run("grade", "set/own.yaml", "--autograder", "auto") == (
        2, "", "error: `leaky.yaml` does not lie in the folder of the exercise\n"
        "  help: copy it to `set`, and change `cell:`\n",
    )  # fmt: skip
    assert not Path("auto").exists()


# ---------------------------------------------------------------- a cluster


def test_a_cluster_that_loses_a_worker(tmp_path: Path) -> None:
    """A scheduler and two workers on this machine, one of them killed in the middle: nobody is lost, nobody doubled."""
    distributed = pytest.importorskip("distributed")
    folder = class_of(400, tmp_path / "class")
    workers = []
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None, processes=True) as cluster:
        for _ in range(2):
            line = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--no-dashboard",
                    "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]  # fmt: skip
            workers.append(subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        with distributed.Client(cluster) as client:
            client.wait_for_workers(2, timeout=60)
        killed: list[int] = []

        def kill_one(done: int) -> None:
            if done > 40 and not killed:
                workers[0].kill()
                killed.append(done)

        journal = Journal(tmp_path / "g.journal")
        try:
            grade_all(job(), collect(folder), journal, cluster=cluster.scheduler_address, progress=kill_one)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    grades = [grade.id for grade in journal.grades()]
    assert killed
    assert sorted(grades) == [f"s{number:04}" for number in range(400)]
    assert not [grade for grade in journal.grades() if grade.problem]


def test_dask_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as caught:
        grade_all(job(), [], Journal(tmp_path / "j"), cluster="tcp://127.0.0.1:1")
    assert draw(caught.value.problems) == (
        "error: a cluster is reached with the package distributed, which is not installed\n"
        "  help: pip install 'rnncalc[cluster]'"
    )
