"""The exercises that come with rnncalc, by name: `vietai/exercise2`."""

from pathlib import Path

from rnncalc.errors import Problem, UsageError, did_you_mean, nearest


def folder() -> Path:
    """Where the exercises lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "exercises"
    return installed if installed.is_dir() else package.parent / "exercises"


def names() -> list[str]:
    """All exercises, `source/name`, in order."""
    top = folder()
    return sorted(path.relative_to(top).with_suffix("").as_posix() for path in top.rglob("*.yaml"))


def text(name: str) -> str:
    """A shipped exercise as it is written. Raises UsageError for an unknown name."""
    file = path(name.removesuffix(".yaml"))
    if file is None:
        hint = did_you_mean(name, names(), "`rnncalc exercises` lists them")
        raise UsageError(Problem(f"no exercise `{name}` comes with rnncalc", None, hint))
    return file.read_text(encoding="utf-8")


def path(name: str) -> Path | None:
    """The file of a shipped exercise, or None."""
    return folder() / f"{name}.yaml" if name in names() else None


def find(text: str) -> Path:
    """The file meant by an argument: a path, or the name of a shipped exercise.

    Raises UsageError with a suggestion if there is neither.
    """
    if not text:
        raise UsageError(Problem("the name of an exercise file is empty", None, "write `rnncalc solve FILE`"))
    file = Path(text)
    if exists(file):
        return file
    shipped = path(text.removesuffix(".yaml").removeprefix("exercises/"))
    if shipped:
        return shipped
    beside = [entry.as_posix() for entry in file.parent.glob("*.y*ml")] if exists(file.parent) else []
    # What all names end in makes none of them alike.
    known = {_without_ending(name): name for name in (*names(), *beside)}
    near = nearest(_without_ending(text), known)
    only = beside[0] if len(beside) == 1 and text.endswith((".yaml", ".yml")) else None
    meant = known[near] if near else only
    hint = f"did you mean `{meant}`?" if meant else "`rnncalc exercises` lists those that come with rnncalc"
    raise UsageError(Problem(f"there is no file and no exercise `{text}`", None, hint))


def _without_ending(name: str) -> str:
    return name.removesuffix(".yaml").removesuffix(".yml")


def exists(file: Path) -> bool:
    """Whether there is such a file; a name that no file can have, too long or with a zero byte, is not an error."""
    try:
        return file.exists()
    except (OSError, ValueError):
        return False
