"""An exercise file → a checked Exercise. Every problem of the file is found in one reading and points at its place."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from rnncalc import languages
from rnncalc.cell import Cell, Stage, read_stages
from rnncalc.counting import counted_from, counting
from rnncalc.equations import Equation, Ref
from rnncalc.errors import ExerciseError
from rnncalc.exercise.backward import Backward, backward
from rnncalc.exercise.generation import Stop, read_stop
from rnncalc.exercise.given import Data, Expected, read_data, read_expected, read_quantity
from rnncalc.exercise.keys import KEYS
from rnncalc.exercise.known import read_known
from rnncalc.exercise.letters import Letters, declared_letters, read_later, read_letters
from rnncalc.exercise.loss import Loss, one_hot, read_loss
from rnncalc.exercise.network import Network, connect, misexpected
from rnncalc.exercise.policy import Policy, read_marks, read_policy
from rnncalc.exercise.question import Asked, Question
from rnncalc.exercise.randomize import Rules, read_rules
from rnncalc.exercise.training import Training, read_rule, training
from rnncalc.exercise.words import Vocabulary, read_words
from rnncalc.languages import Message
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar, read_file, read_text
from rnncalc.statement import read_statement
from rnncalc.system import arities


class Exercise(Struct, frozen=True):
    """A checked exercise. `network` is its equations with its data, ready to compute."""

    name: str
    title: str
    source: str
    note: str
    cell: Cell | None
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    find: tuple[Ref, ...]
    network: Network
    quantities: Quantities
    letters: Letters = Letters()
    """What letters there are among the numbers, and may be."""
    expect: tuple[Expected, ...] = ()
    adjoints: frozenset[str] = frozenset()
    """The quantities of the backward pass."""
    derivatives: Mapping[str, str] = {}
    """The quantity whose gradient a quantity of the backward pass is."""
    arguments: Mapping[str, str] = {}
    """The quantity in whose equation an argument stands, such as that of tanh, whose gradient it is."""
    training: Training | None = None
    shares: frozenset[str] = frozenset()
    """Those that stand for what one step hands to another; their formulas are written where they are received."""
    loss: str = ""
    randomize: Rules | None = None
    variant: Mapping[str, str] = {}
    """Where a variant comes from, as it says."""
    lang: str = ""
    """The language of its page, unless the reader asks for another."""
    points: Fraction | None = None
    """What it is worth on a sheet of several."""
    first: int = 1
    """From which number positions are counted where it is read and shown."""
    rows: bool = False
    """Whether its vectors are rows."""
    words: Mapping[str, Vocabulary] = {}
    """The words that the entries of a quantity stand for."""
    stop: Stop | None = None
    """Where a sequence ends by itself."""
    tags: tuple[str, ...] = ()
    marks: tuple[tuple[Ref, Fraction], ...] = ()
    policy: Policy = Policy()


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


def read_exercise(node: Node, name: str, folder: Path) -> Exercise:
    """The exercise that a file says, its nodes having been read; cells of its own lie in the folder."""
    return _ExerciseReader(name, folder, None, False).read(node)


class _ExerciseReader(Reader):
    def __init__(self, name: str, folder: Path, cell: str | None, gradients: bool) -> None:
        super().__init__()
        self.name, self.folder, self.cell_asked, self.gradients = name, folder, cell, gradients

    def read(self, node: Node) -> Exercise:
        """The exercise; all positions in it are counted from the number under `time:`."""
        first = node.get("time") if isinstance(node, MappingNode) else None
        with counting(0 if isinstance(first, Scalar) and first.text.strip() == "0" else 1):
            return self.read_all(node)

    def read_all(self, node: Node) -> Exercise:
        self.root = node
        if not isinstance(node, MappingNode):
            hint = "begin with `cell: lstm`; `rnncalc new lstm` writes a whole file to start from"
            self.problem("an exercise file is made of `name: value` lines", node, hint)
            self.finish()
        keys: Mapping[str, Node] = self.mapping(node, KEYS, "an exercise")
        lang = self.choice(keys["lang"], languages.names(), "language") if "lang" in keys else ""
        if "time" in keys:
            self.whole(keys["time"], 0, 1)
        title, said_by, note = (self.wording(keys.get(key), lang) for key in ("title", "source", "note"))
        tags = tuple(map(self.text, self.items(keys.get("tags"), "a list of tags")))
        points = self.points(keys.get("points"))
        stated = read_statement(self, keys, node, self.folder, self.cell_asked)
        self.rows, before = stated.rows, len(self.problems)
        known = read_known(self, keys.get("known"), stated.equations, stated.symbols)
        stated = replace(stated, equations=(*stated.equations, *known.equations))
        words = read_words(self, keys, stated.equations)
        keys = words.keys
        loss = read_loss(self, keys, (*words.equations, *stated.equations), stated.symbols)
        if not stated.sound or len(self.problems) > before:
            self.numbers_only(keys)
        equations = (*words.equations, *stated.equations, *(loss.equations if loss else ()))
        symbols = stated.symbols | dict(known.symbols) | dict(loss.symbols if loss else {})
        arity = arities(equations)
        for name, _ in self.entries(keys.get("symbols"), "`symbols:`"):
            self.choice(name, arity, "quantity")
        quantities = Quantities(arity, symbols)
        self.letters = declared_letters(self, keys)
        data = read_data(self, keys, self.root, equations, quantities)
        own_data = frozenset(data.given) - (data.distributions if loss else frozenset())
        data = replace(data, given={**data.given, **known.given})
        if loss:
            data = self.with_targets(data, loss, equations)
        back = self.backward(loss, keys, equations, data, symbols) if loss and not self.problems else None
        trained = self.training(keys, equations, data, back, symbols)
        default = Ref(loss.name if loss else equations[-1].name)
        if back:
            equations = (*equations, *back.equations)
            symbols |= back.symbols
            arity |= {equation.name: len(equation.target.indices) for equation in back.equations}
            quantities = Quantities(arity, symbols, back.spellings)
        shapes = back.shapes if back else {}
        shares = back.shares if back else frozenset()
        if back and trained:
            equations, symbols, data = trained.equations, dict(trained.symbols), trained.completed(data)
            arity |= {equation.name: len(equation.target.indices) for equation in equations}
            quantities = Quantities(arity, symbols, {**back.spellings, **trained.spellings})
            shapes = {run.get(name, name): shape for name, shape in shapes.items() for run in trained.runs}
            shares = frozenset(run.get(name, name) for name in shares for run in trained.runs)
        asked = self.find(keys.get("find"), equations, quantities, trained.answers if trained else (default,))
        if self.gradients:
            asked = self.with_gradients(asked if "find" in keys else [], loss, back, data)
        wanted = [*asked, *(Asked(ref) for ref in trained.wanted)] if trained else asked
        later = read_later(self, keys, quantities)
        wanted = [*wanted, *(Asked(one.quantity, one.span) for one in later)]
        adjoints = trained.adjoints if trained else back.names if back else frozenset()
        network = self.attempt(lambda: connect(Question(equations, wanted, data, adjoints, shapes)), None)
        expect = tuple(read_expected(self, keys.get("expect"), quantities))
        stages = (
            *([Stage(Message("Loss"), "", (loss.name,))] if loss and not trained else []),
            *words.stages,
            *stated.stages,
            *read_stages(self, keys.get("steps"), equations),
            *(loss.stages if loss else ()),
            *(back.stages if back else ()),
        )
        randomize = read_rules(self, keys.get("randomize"), quantities, data)
        variant = self.names_to_text(keys.get("variant"), "`variant:`")
        marks = read_marks(self, keys.get("marks"), quantities)
        policy = read_policy(self, keys.get("policy"))
        if network:
            self.problems += [*misexpected(network, expect), *words.misfits(network.shapes.sizes)]
        spoken = words.spoken(equations, loss.given if loss else (), network.shapes.sizes) if network else {}
        stop = read_stop(self, keys, equations, spoken) if network else None
        network, letters = read_letters(self, keys, network, quantities, own_data, later)
        self.finish()
        assert network is not None, "a network that cannot be put together is a problem"
        return Exercise(
            name=self.name,
            title=title or self.name,
            source=said_by,
            note=note,
            cell=stated.cell,
            symbols=symbols,
            stages=trained.titled(stages) if trained else stages,
            find=tuple(one.ref for one in asked),
            network=network,
            letters=letters,
            quantities=quantities,
            expect=expect,
            adjoints=adjoints,
            derivatives=_in_all_runs(back.derivatives, trained) if back else {},
            arguments=_in_all_runs(back.arguments, trained) if back else {},
            training=trained,
            shares=shares,
            loss=loss.name if loss else "",
            lang=lang,
            first=counted_from(),
            rows=self.rows,
            words=spoken,
            stop=stop,
            randomize=randomize,
            variant=variant,
            tags=tags,
            points=points,
            marks=marks,
            policy=policy,
        )

    def points(self, node: Node | None) -> Fraction | None:
        points = self.number(node) if node else None
        if node and points is not None and not (isinstance(points, Fraction) and points > 0):
            self.problem("points are a positive number", node, "write `points: 5` or `points: 2.5`")
            return None
        return points if isinstance(points, Fraction) else None

    # -- the loss and its backward pass

    def numbers_only(self, keys: Mapping[str, Node]) -> NoReturn:
        """Nothing can be put together without equations, but the numbers of the file can be wrong by themselves."""
        for section in ("inputs", "parameters", "initial", "expect"):
            self.numbers(keys.get(section))
        raise ExerciseError(*self.problems)

    def with_targets(self, data: Data, loss: Loss, equations: tuple[Equation, ...]) -> Data:
        """The data with the targets of the loss; classes become columns as long as the output."""
        given = dict(loss.given)
        if loss.classes:
            forward = tuple(one for one in equations if one not in loss.equations)
            network = self.attempt(lambda: connect(Question(forward, [Asked(Ref(loss.classes))], data)), None)
            size = network.shapes.known(loss.classes)[self.rows] if network else 0
            given = (
                one_hot(self, loss, size) if size else {name: replace(one, values={}) for name, one in given.items()}
            )
        return replace(data, given={**data.given, **given})

    def backward(
        self,
        loss: Loss,
        keys: Mapping[str, Node],
        equations: tuple[Equation, ...],
        data: Data,
        symbols: dict[str, str],
    ) -> Backward | None:
        """The backward pass of the loss, if the forward pass can be put together."""
        place = keys.get("loss", keys.get("upstream", self.root))
        forward = self.attempt(lambda: connect(Question(equations, [Asked(Ref(loss.name), place.span)], data)), None)
        if forward is None:
            return None
        shapes, plan = forward.shapes, forward.plan
        return self.attempt(
            lambda: backward(equations, loss.name, shapes, plan, symbols, data.distributions), None, place
        )

    def training(
        self,
        keys: Mapping[str, Node],
        equations: tuple[Equation, ...],
        data: Data,
        back: Backward | None,
        symbols: Mapping[str, str],
    ) -> Training | None:
        """The training of the network, if the file asks for one."""
        if "train" in keys and "loss" not in keys:
            self.problem("training needs a loss", keys["train"], "write `loss: L = sum((y[t] - d[t]) ** 2, t)`")
        if "train" not in keys or back is None:
            return None
        trainable = [name for name in data.parameters if name in back.adjoints]
        rule = read_rule(self, keys["train"], trainable)
        forward = self.attempt(lambda: connect(Question(equations, [Asked(Ref(back.loss))], data)), None)
        if rule is None or forward is None:
            return None
        both = {**symbols, **back.symbols}
        return self.attempt(lambda: training(rule, equations, back, forward, both), None, keys["train"])

    def with_gradients(self, asked: list[Asked], loss: Loss | None, back: Backward | None, data: Data) -> list[Asked]:
        """What is asked for, the loss, and its gradient at every parameter."""
        if loss is None and not self.problems:
            hint = "add `loss: L = sum((y[t] - d[t]) ** 2, t)`, or `loss: {kind: …, of: y, targets: […]}`"
            self.problem("there is no loss whose gradients could be found", self.root, hint)
        if loss is None or back is None:
            return asked
        names = [loss.name, *(back.adjoints[name] for name in data.parameters if name in back.adjoints)]
        known = {one.ref for one in asked}
        return [*asked, *(Asked(Ref(name)) for name in names if Ref(name) not in known)]

    # -- the question and the data

    def find(
        self, node: Node | None, equations: tuple[Equation, ...], quantities: Quantities, default: Iterable[Ref]
    ) -> list[Asked]:
        """What is asked for. Empty if nothing of it can be found."""
        if node is None:
            return [Asked(ref, self.root.span) for ref in default]
        defined = {equation.name for equation in equations}
        asked = []
        items = self.items(node, "a list of quantities")
        if not items and not isinstance(node, MappingNode):
            self.problem("nothing is asked for", node, f"write `find: [{equations[-1].name}]`, or leave `find:` out")
        for item in items:
            ref = read_quantity(self, item, quantities)
            if ref and ref.name not in defined:
                hint = f"the equations compute {', '.join(dict.fromkeys(one.name for one in equations))}"
                self.problem(f"`{ref.name}` is given, not computed", item, hint)
            elif ref:
                asked.append(Asked(ref, item.span))
        return asked


def _in_all_runs(owners: Mapping[str, str], trained: Training | None) -> dict[str, str]:
    """The owners of adjoints, also under the names that they have after some steps of training."""
    runs = trained.runs if trained else ({},)
    return {run.get(name, name): run.get(owner, owner) for run in reversed(runs) for name, owner in owners.items()}
