"""A progress bar on standard error for a run that takes longer than a moment."""

from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.progress import Progress

PATIENCE = 0.5
"""Seconds before a bar appears."""


class Bar:
    """`with Bar("solving") as bar:` and then `bar.update(done, total)`, the total being None if nobody knows it."""

    def __init__(self, what: str = "solving") -> None:
        self.what = what
        self.began = monotonic()
        self.progress: Progress | None = None

    def __enter__(self) -> "Bar":
        return self

    def update(self, done: int, total: int | None) -> None:
        """Show how much is done; cheap to call often."""
        if total and done % 256 and done != total:
            return
        if self.progress is None:
            if monotonic() - self.began < PATIENCE:
                return
            self.progress = Progress(console=Console(stderr=True), transient=True)
            self.task = self.progress.add_task(self.what, total=total)
            self.progress.start()
        self.progress.update(self.task, completed=done)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.progress is not None:
            self.progress.stop()
