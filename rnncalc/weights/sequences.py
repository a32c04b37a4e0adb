"""The inputs for an imported network: a file of numbers → arrays of decimals, exactly as the file has them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnncalc.errors import ExerciseError, Problem, Span, UsageError, WeightsError, in_backticks, unreadable
from rnncalc.numbers import NumberError, read_number
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar, decode, read_bytes, read_file
from rnncalc.weights.readers import broken, npz
from rnncalc.weights.tensor import Decimals, Tensor, decimals, size_text

ENDINGS = (".npy", ".npz", ".csv", ".json", ".yaml", ".yml")
UNNAMED = "x"
"""What a file with a single array holds."""


def read_sequences(path: Path) -> dict[str, Decimals]:
    """The arrays of a file by their names.

    Raises UsageError for a file of another kind, WeightsError, ExerciseError or LimitError for what is wrong in it.
    """
    match path.suffix.lower():
        case ".npy":
            return {UNNAMED: decimals(_npy(path))}
        case ".npz":
            if not path.is_file():
                raise UsageError(Problem(f"there is no file `{path}`"))
            return {name: decimals(tensor) for name, tensor in npz.arrays(path).items()}
        case ".csv":
            return {UNNAMED: _csv(path)}
        case ".json" | ".yaml" | ".yml":
            return _yaml(read_file(path))
        case _:
            known = in_backticks(ENDINGS)
            raise UsageError(Problem(f"inputs are not read from `{path}`", None, f"files are read that end in {known}"))


def _npy(path: Path) -> Tensor:
    def load() -> Any:
        import numpy as np

        try:
            return np.load(path, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise broken(path, f"it is not whole ({error})") from None

    try:
        with path.open("rb") as file:
            return npz.tensor(path.name, file, load)
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, EOFError) as error:
        raise broken(path, f"it is no NumPy array ({error})") from None


def _csv(path: Path) -> Decimals:
    """A row for each time step. A first row of words is a heading."""
    lines = decode(read_bytes(path), str(path)).splitlines()
    rows = [(n, line.split(",")) for n, line in enumerate(lines, 1) if line.strip()]
    if rows and not any(map(_is_number, rows[0][1])):
        rows = rows[1:]
    problems = [
        Problem("a number was expected", Span(str(path), n, 1, len(lines[n - 1]), lines[n - 1]), "write `0.5,-1`")
        for n, row in rows
        if not all(map(_is_number, row))
    ]
    if problems:
        raise ExerciseError(*problems)
    return _array([[cell.strip() for cell in row] for _, row in rows], f"`{path}`")


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except NumberError:
        return False
    return True


def _yaml(node: Node) -> dict[str, Decimals]:
    reader = Reader()
    reader.numbers(node)
    reader.finish()
    arrays: Mapping[str, Node] = {UNNAMED: node}
    if isinstance(node, MappingNode):
        arrays = {name.text: value for name, value in node.entries}
    return {name: _array(_texts(value), f"`{name}`") for name, value in arrays.items()}


def _texts(node: Node) -> Any:
    match node:
        case Scalar(text=text):
            return text.strip()
        case MappingNode():
            raise ExerciseError(
                Problem("numbers were expected, not `name: value`", node.span, "write `[[1, 2], [3, 4]]`")
            )
        case _:
            return [_texts(item) for item in node.items]


def _array(nested: Any, what: str) -> Decimals:
    import numpy as np

    try:
        return np.array(nested, dtype=str)
    except ValueError:
        raise WeightsError(Problem(f"the rows of {what} are not equally long", None, "one row a time step")) from None


def as_sequence(array: Decimals, entries: int, name: str) -> Decimals:
    """The array as one row a time step. One sequence as a batch of one is taken out of it."""
    import numpy as np

    if array.ndim == 3 and 1 in array.shape[:2]:
        array = array[0] if array.shape[0] == 1 else array[:, 0]
    if array.ndim == 1 and entries == 1:
        array = array[:, np.newaxis]
    if array.ndim == 2 and array.shape[1] == entries and array.shape[0]:
        return array
    hint = f"give one sequence, a row of {entries} numbers for each time step"
    what = f"`{name}` ({size_text(array.shape)}) does not fit: the network takes {entries} entries a step"
    raise WeightsError(Problem(what, None, hint))
