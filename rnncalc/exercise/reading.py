"""An exercise file → a checked Exercise. Every problem of the file is found in one reading and points at its place."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from rnncalc import languages
from rnncalc.cell import Cell, Stage, read_stages
from rnncalc.counting import counted_from, counting
from rnncalc.equations import Ref
from rnncalc.exercise.exercise import Exercise
from rnncalc.exercise.expected import misexpected, read_expected
from rnncalc.exercise.generation import read_stop
from rnncalc.exercise.given import read_quantity
from rnncalc.exercise.keys import KEYS
from rnncalc.exercise.letters import read_later, read_letters
from rnncalc.exercise.network import Network, connect
from rnncalc.exercise.passes import Forward, Passes, read_forward, read_passes
from rnncalc.exercise.policy import read_marks, read_policy
from rnncalc.exercise.question import Asked, Question
from rnncalc.exercise.randomize import read_rules
from rnncalc.exercise.vocabulary import Vocabulary, Words
from rnncalc.languages import Message
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar, Sequence, read_file, read_text

_DATA = ("inputs", "parameters", "initial", "known", "lengths", "vectors")
"""Sections that a network by itself has not. Of rows and columns only data can tell the sizes."""


def load(file: str | Path, cell: str | None = None, gradients: bool = False) -> Exercise:
    """The exercise in a file; `cell` supplies the network if the file names none, `gradients` asks for the loss and the
    gradients of all parameters too.

    Raises ExerciseError with every problem of the file, UsageError if the file cannot be opened.
    """
    path = Path(file)
    return _ExerciseReader(path.stem, path.parent, cell, gradients).read(read_file(path))


def loads(text: str | bytes, name: str = "<stdin>", cell: str | None = None, gradients: bool = False) -> Exercise:
    """The exercise in a text, as `load`."""
    return _ExerciseReader(name, Path(), cell, gradients).read(read_text(text, name))


def files_of(file: Path) -> list[Path]:
    """The file itself, and the cells of its own that it names: what another machine needs to read it."""
    pending, found = [read_file(file)], [file]
    while pending:
        match pending.pop():
            case Scalar(text=text) if text.endswith((".yaml", ".yml")) and (file.parent / text).is_file():
                found.append(file.parent / text)
            case MappingNode(entries=entries):
                pending += [value for _, value in entries]
            case Sequence(items=items):
                pending += items
    return found


def read_exercise(node: Node, name: str, folder: Path, cell: str | None = None) -> Exercise:
    """The exercise that a file says, its nodes having been read; cells of its own lie in the folder."""
    return _ExerciseReader(name, folder, cell, False).read(node)


def read_network(node: Node, name: str, folder: Path) -> Cell | Exercise:
    """What a file says of its network: the exercise, or a cell where the file gives no data, so that its sizes are
    open."""
    return _ExerciseReader(name, folder, None, False).read_network(node)


class _About(Struct, frozen=True):
    """What stands in a file beside its network."""

    title: str
    source: str
    note: str
    lang: str
    tags: tuple[str, ...]
    points: Fraction | None


def _first(root: Node) -> int:
    """From which number the positions in a file are counted."""
    first = root.get("time") if isinstance(root, MappingNode) else None
    return 0 if isinstance(first, Scalar) and first.text.strip() == "0" else 1


class _ExerciseReader(Reader):
    def __init__(self, name: str, folder: Path, cell: str | None, gradients: bool) -> None:
        super().__init__()
        self.name, self.folder, self.cell_asked, self.gradients = name, folder, cell, gradients

    def read(self, node: Node) -> Exercise:
        """The exercise; all positions in it are counted from the number under `time:`."""
        with counting(_first(node)):
            return self.read_all(node)

    def read_network(self, root: Node) -> Cell | Exercise:
        if not isinstance(root, MappingNode) or any(map(root.get, _DATA)):
            return self.read(root)
        with counting(_first(root)):
            keys = self.sections(root)
            about, stated = self.about(keys), read_forward(self, keys, root, self.folder, None).stated
            self.finish()
        return Cell(self.name, about.title or self.name, about.source, stated.equations, stated.symbols)

    def read_all(self, root: Node) -> Exercise:
        keys = self.sections(root)
        about = self.about(keys)
        forward = read_forward(self, keys, root, self.folder, self.cell_asked)
        stated, words = forward.stated, forward.words
        keys, passes = words.keys, read_passes(self, root, forward)
        quantities, later = passes.quantities, read_later(self, keys, passes.quantities)
        asked = self.asked(root, keys, passes)
        network = self.network(passes, [*asked, *(Asked(one.quantity, one.span) for one in later)])
        expect = tuple(read_expected(self, keys.get("expect"), quantities))
        stages = self.stages(keys, forward, passes)
        randomize = read_rules(self, keys.get("randomize"), quantities, passes.data)
        variant = self.names_to_text(keys.get("variant"), "`variant:`")
        marks = read_marks(self, keys.get("marks"), quantities)
        policy = read_policy(self, keys.get("policy"))
        spoken = self.spoken(network, words, passes)
        if network:
            self.problems += [*misexpected(network, expect), *words.misfits(network.shapes.sizes)]
        stop = read_stop(self, keys, passes.equations, spoken) if network else None
        network, letters = read_letters(self, keys, network, quantities, passes.own, later)
        self.finish()
        assert network is not None, "a network that cannot be put together is a problem"
        return Exercise(
            name=self.name,
            title=about.title or self.name,
            source=about.source,
            note=about.note,
            cell=stated.cell,
            symbols=passes.symbols,
            stages=stages,
            find=tuple(one.ref for one in asked),
            network=network,
            letters=letters,
            quantities=quantities,
            expect=expect,
            adjoints=passes.adjoints,
            derivatives=passes.derivatives,
            arguments=passes.arguments,
            training=passes.trained,
            shares=passes.shares,
            loss=passes.loss.name if passes.loss else "",
            lang=about.lang,
            first=counted_from(),
            rows=stated.rows,
            words=spoken,
            stop=stop,
            randomize=randomize,
            variant=variant,
            tags=about.tags,
            points=about.points,
            marks=marks,
            policy=policy,
        )

    # -- what stands beside the network

    def sections(self, root: Node) -> Mapping[str, Node]:
        if not isinstance(root, MappingNode):
            hint = "begin with `cell: lstm`; `rnncalc new lstm` writes a whole file to start from"
            self.problem("an exercise file is made of `name: value` lines", root, hint)
            self.finish()
        return self.mapping(root, KEYS, "an exercise")

    def about(self, keys: Mapping[str, Node]) -> _About:
        lang = self.choice(keys["lang"], languages.names(), "language") if "lang" in keys else ""
        if "time" in keys:
            self.whole(keys["time"], 0, 1)
        title, source, note = (self.wording(keys.get(key), lang) for key in ("title", "source", "note"))
        tags = tuple(map(self.text, self.items(keys.get("tags"), "a list of tags")))
        return _About(title, source, note, lang, tags, self.points(keys.get("points")))

    def points(self, node: Node | None) -> Fraction | None:
        points = self.number(node) if node else None
        if node and points is not None and not (isinstance(points, Fraction) and points > 0):
            self.problem("points are a positive number", node, "write `points: 5` or `points: 2.5`")
            return None
        return points if isinstance(points, Fraction) else None

    def stages(self, keys: Mapping[str, Node], forward: Forward, passes: Passes) -> tuple[Stage, ...]:
        """The titles of all steps, those of the file before those of its loss and its gradients."""
        loss, back, trained = passes.loss, passes.back, passes.trained
        stages = (
            *([Stage(Message("Loss"), "", (loss.name,))] if loss and not trained else []),
            *forward.words.stages,
            *forward.stated.stages,
            *read_stages(self, keys.get("steps"), passes.equations, self.text(keys.get("lang"))),
            *(loss.stages if loss else ()),
            *(back.stages if back else ()),
        )
        return trained.titled(stages) if trained else stages

    # -- the question

    def network(self, passes: Passes, wanted: Iterable[Asked]) -> Network | None:
        """What computes everything wanted, if it can be put together."""
        everything = [*wanted, *(Asked(ref) for ref in passes.trained.wanted)] if passes.trained else [*wanted]
        question = Question(passes.equations, everything, passes.data, passes.adjoints, passes.shapes)
        return self.attempt(lambda: connect(question), None)

    def spoken(self, network: Network | None, words: Words, passes: Passes) -> dict[str, Vocabulary]:
        if network is None:
            return {}
        return words.spoken(passes.equations, passes.loss.given if passes.loss else (), network.shapes.sizes)

    def asked(self, root: Node, keys: Mapping[str, Node], passes: Passes) -> list[Asked]:
        """What is asked for, and with `gradients` the loss and its gradient at every parameter."""
        asked = self.find(root, keys.get("find"), passes)
        if not self.gradients:
            return asked
        loss, back = passes.loss, passes.back
        if loss is None and not self.problems:
            hint = "add `loss: L = sum((y[t] - d[t]) ** 2, t)`, or `loss: {kind: …, of: y, targets: […]}`"
            self.problem("there is no loss whose gradients could be found", root, hint)
        asked = asked if "find" in keys else []
        if loss is None or back is None:
            return asked
        names = [loss.name, *(back.adjoints[name] for name in passes.data.parameters if name in back.adjoints)]
        known = {one.ref for one in asked}
        return [*asked, *(Asked(Ref(name)) for name in names if Ref(name) not in known)]

    def find(self, root: Node, node: Node | None, passes: Passes) -> list[Asked]:
        """What the file asks for. Empty if nothing of it can be found."""
        if node is None:
            return [Asked(ref, root.span) for ref in passes.default]
        computed = list(dict.fromkeys(one.name for one in passes.equations))
        asked = []
        items = self.items(node, "a list of quantities")
        if not items and not isinstance(node, MappingNode):
            self.problem("nothing is asked for", node, f"write `find: [{computed[-1]}]`, or leave `find:` out")
        for item in items:
            ref = read_quantity(self, item, passes.quantities)
            if ref and ref.name not in computed:
                self.problem(
                    f"`{ref.name}` is given, not computed", item, f"the equations compute {', '.join(computed)}"
                )
            elif ref:
                asked.append(Asked(ref, item.span))
        return asked
