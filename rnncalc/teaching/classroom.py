"""A folder of variants for a class: an exercise and a key for each, and a list that says whose is which."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from rnncalc import formats, output
from rnncalc.errors import Problem, UsageError
from rnncalc.pages.explain import Detail, explain
from rnncalc.source import Mapping
from rnncalc.teaching.classlist import LIST, Student
from rnncalc.variants import Variant, variant_text


class Order(Struct, frozen=True):
    """What is wanted: the folder, the format of the keys (none if empty), and how much of the working out they show."""

    folder: Path
    key_format: str = "markdown"
    detail: Detail = "steps"


def hand_out(
    variants: Iterator[Variant], file: Mapping, students: Sequence[Student], order: Order
) -> Iterator[Variant]:
    """Write the files of each variant as it is drawn, and hand it on; the list comes last."""
    if (order.folder / LIST).exists():
        what = f"`{order.folder}` holds variants already"
        raise UsageError(Problem(what, None, "choose another folder, or remove that one"))
    order.folder.mkdir(parents=True, exist_ok=True)
    rows = [["number", "id", "name", "exercise", "key"]]
    for variant in variants:
        student = students[variant.number - 1] if students else Student("")
        stem = output.file_name(student.id) or f"variant-{variant.number:0{len(str(max(len(students), 10)))}d}"
        exercise = f"{stem}.yaml"
        key = f"{stem}-key{formats.ending(order.key_format)}" if order.key_format else ""
        output.write(variant_text(variant, file), order.folder / exercise)
        if key:
            output.write(_key(variant, order), order.folder / key)
        rows.append([str(variant.number), student.id, student.name, exercise, key])
        yield variant
    output.write(output.csv_text(rows), order.folder / LIST)


def _key(variant: Variant, order: Order) -> str | bytes:
    return formats.writer(order.key_format)(explain(variant.solution, order.detail))
