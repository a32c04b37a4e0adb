"""A folder of variants for a class: an exercise and a key for each, and a list that says whose is which."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from rnncalc import formats, output
from rnncalc.errors import Problem, UsageError
from rnncalc.pages.explain import Detail, explain
from rnncalc.teaching.classlist import LIST, Student
from rnncalc.teaching.exam import Solved, Written, assembled
from rnncalc.teaching.quiz import Quiz
from rnncalc.variants import Variant, variant_text


class Order(Struct, frozen=True):
    """What is wanted: the folder, the format of the keys (none if empty), how much of the working out they show. If the
    variants are to be a quiz too, `publish` writes it, with feedback for known `mistakes` or without."""

    folder: Path
    key_format: str = "markdown"
    detail: Detail = "steps"
    publish: Callable[[Quiz], None] | None = None
    mistakes: bool = True


def hand_out(
    variants: Iterator[Variant], written: Written, students: Sequence[Student], order: Order
) -> Iterator[Variant]:
    """Write the files of each variant as it is drawn, and hand it on; the list and the quiz come last."""
    if (order.folder / LIST).exists():
        what = f"`{order.folder}` holds variants already"
        raise UsageError(Problem(what, None, "choose another folder, or remove that one"))
    order.folder.mkdir(parents=True, exist_ok=True)
    file, _ = written
    solved: list[Solved] = []
    rows = [["number", "id", "name", "exercise", "key"]]
    for variant in variants:
        student = students[variant.number - 1] if students else Student("")
        stem = output.file_name(student.id) or f"variant-{variant.number:0{len(str(max(len(students), 10)))}d}"
        exercise = f"{stem}.yaml"
        key = f"{stem}-key{formats.ending(order.key_format)}" if order.key_format else ""
        output.write(variant_text(variant, file), order.folder / exercise)
        page = explain(variant.solution, order.detail) if key else None
        if page:
            output.write(formats.writer(order.key_format)(page), order.folder / key)
        if order.publish:
            solved.append((variant.solution, page if order.detail == "steps" else None))
        rows.append([str(variant.number), student.id, student.name, exercise, key])
        yield variant
    output.write(output.csv_text(rows), order.folder / LIST)
    if order.publish:
        order.publish(assembled([(written, solved)], mistakes=order.mistakes))
