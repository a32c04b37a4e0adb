"""The passes of an exercise: forward, backward where there is a loss, and the steps of training where `train:` asks.

`read_forward` reads what the file states of its network, `read_passes` adds the data, and the equations that a loss and
`train:` stand for.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Equation, Ref, Shape
from rnncalc.errors import ExerciseError
from rnncalc.exercise.given import Data, Given, read_data
from rnncalc.exercise.known import read_known
from rnncalc.exercise.letters import declared_letters
from rnncalc.exercise.loss import Loss, one_hot, read_loss
from rnncalc.exercise.network import Network, connect
from rnncalc.exercise.question import Asked, Question
from rnncalc.exercise.vocabulary import Words
from rnncalc.exercise.words import read_words
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader
from rnncalc.source import Node
from rnncalc.statement import Statement, read_statement
from rnncalc.system import arities

if TYPE_CHECKING:
    from rnncalc.exercise.backward import Backward
    from rnncalc.exercise.training import Training


class Forward(Struct, frozen=True):
    """What a file states of its network, before any number is read: `known` are the data among its equations."""

    stated: Statement
    known: Mapping[str, Given]
    words: Words
    loss: Loss | None
    symbols: Mapping[str, str]

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (*self.words.equations, *self.stated.equations, *(self.loss.equations if self.loss else ()))


class Passes(Struct, frozen=True):
    """All equations of an exercise with their data. `own` are the data that the file itself gives."""

    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    quantities: Quantities
    data: Data
    own: frozenset[str]
    default: tuple[Ref, ...]
    """What is asked for if the file does not say."""
    loss: Loss | None = None
    back: "Backward | None" = None
    trained: "Training | None" = None

    @property
    def adjoints(self) -> frozenset[str]:
        """The quantities of the backward pass."""
        if self.trained:
            return self.trained.adjoints
        return self.back.names if self.back else frozenset()

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes of gradients, which are those of what they belong to."""
        shapes = self.back.shapes if self.back else {}
        return {run.get(name, name): shape for name, shape in shapes.items() for run in self.runs}

    @property
    def shares(self) -> frozenset[str]:
        """Those that stand for what one step hands to another."""
        return frozenset(run.get(name, name) for name in (self.back.shares if self.back else ()) for run in self.runs)

    @property
    def derivatives(self) -> dict[str, str]:
        """The quantity whose gradient a quantity of the backward pass is."""
        return self.in_all_runs(self.back.derivatives) if self.back else {}

    @property
    def arguments(self) -> dict[str, str]:
        """The quantity in whose equation an argument stands, such as that of tanh, whose gradient it is."""
        return self.in_all_runs(self.back.arguments) if self.back else {}

    @property
    def runs(self) -> tuple[Mapping[str, str], ...]:
        """The names that change in the runs of a training; one run without it."""
        return self.trained.runs if self.trained else ({},)

    def in_all_runs(self, owners: Mapping[str, str]) -> dict[str, str]:
        """The owners of gradients, also under the names that they have after some steps of training."""
        return {
            run.get(name, name): run.get(owner, owner) for run in reversed(self.runs) for name, owner in owners.items()
        }


def read_forward(reader: Reader, keys: Mapping[str, Node], root: Node, folder: Path, cell: str | None) -> Forward:
    """The network of a file; cells of its own lie in the folder, `cell` is the one asked for elsewhere.

    Raises ExerciseError where there are no sound equations to read the data for.
    """
    stated = read_statement(reader, keys, root, folder, cell)
    reader.rows, before = stated.rows, len(reader.problems)
    known = read_known(reader, keys.get("known"), stated.equations, stated.symbols)
    stated = replace(stated, equations=(*stated.equations, *known.equations))
    words = read_words(reader, keys, stated.equations)
    loss = read_loss(reader, words.keys, (*words.equations, *stated.equations), stated.symbols)
    if not stated.sound or len(reader.problems) > before:
        _numbers_only(reader, words.keys)
    symbols = {**stated.symbols, **known.symbols, **(loss.symbols if loss else {})}
    return Forward(stated, known.given, words, loss, symbols)


def _numbers_only(reader: Reader, keys: Mapping[str, Node]) -> NoReturn:
    """Nothing can be put together without equations, but the numbers of the file can be wrong by themselves."""
    for section in ("inputs", "parameters", "initial", "expect"):
        reader.numbers(keys.get(section))
    raise ExerciseError(*reader.problems)


def read_passes(reader: Reader, root: Node, forward: Forward) -> Passes:
    """The equations of all passes with their data. What cannot be put together is noted, and left out."""
    keys, equations, loss, symbols = forward.words.keys, forward.equations, forward.loss, forward.symbols
    arity = arities(equations)
    for name, _ in reader.entries(keys.get("symbols"), "`symbols:`"):
        reader.choice(name, arity, "quantity")
    quantities = Quantities(arity, symbols)
    reader.letters = declared_letters(reader, keys)
    data = read_data(reader, keys, root, equations, quantities)
    own = frozenset(data.given) - (data.distributions if loss else frozenset())
    data = replace(data, given={**data.given, **forward.known})
    if loss:
        data = _with_targets(reader, data, loss, equations)
    default = Ref(loss.name if loss else equations[-1].name)
    passes = Passes(equations, symbols, quantities, data, own, (default,), loss)
    back = _backward(reader, keys, root, passes, loss) if loss and not reader.problems else None
    trained = _training(reader, keys, passes, back)
    if back is None:
        return passes
    passes = _with_backward(passes, back)
    return _with_training(passes, back, trained) if trained else passes


def _with_targets(reader: Reader, data: Data, loss: Loss, equations: tuple[Equation, ...]) -> Data:
    """The data with the targets of the loss; classes become columns as long as the output."""
    given = dict(loss.given)
    if loss.classes:
        forward = tuple(one for one in equations if one not in loss.equations)
        network = reader.attempt(lambda: connect(Question(forward, [Asked(Ref(loss.classes))], data)), None)
        size = network.shapes.known(loss.classes)[reader.rows] if network else 0
        given = one_hot(reader, loss, size) if size else {name: replace(one, values={}) for name, one in given.items()}
    return replace(data, given={**data.given, **given})


def _backward(reader: Reader, keys: Mapping[str, Node], root: Node, passes: Passes, loss: Loss) -> "Backward | None":
    """The backward pass of the loss, if the forward pass can be put together."""
    from rnncalc.exercise.backward import backward

    place = keys.get("loss", keys.get("upstream", root))
    forward = _up_to(reader, passes, Asked(Ref(loss.name), place.span))
    if forward is None:
        return None
    shapes, plan, distributions = forward.shapes, forward.plan, passes.data.distributions
    return reader.attempt(
        lambda: backward(passes.equations, loss.name, shapes, plan, passes.symbols, distributions), None, place
    )


def _training(reader: Reader, keys: Mapping[str, Node], passes: Passes, back: "Backward | None") -> "Training | None":
    """The training of the network, if the file asks for one."""
    if "train" in keys and "loss" not in keys:
        reader.problem("training needs a loss", keys["train"], "write `loss: L = sum((y[t] - d[t]) ** 2, t)`")
    if "train" not in keys or back is None:
        return None
    from rnncalc.exercise.training import read_rule, training

    trainable = [name for name in passes.data.parameters if name in back.adjoints]
    rule = read_rule(reader, keys["train"], trainable)
    forward = _up_to(reader, passes, Asked(Ref(back.loss)))
    if rule is None or forward is None:
        return None
    symbols = {**passes.symbols, **back.symbols}
    return reader.attempt(lambda: training(rule, passes.equations, back, forward, symbols), None, keys["train"])


def _up_to(reader: Reader, passes: Passes, asked: Asked) -> Network | None:
    return reader.attempt(lambda: connect(Question(passes.equations, [asked], passes.data)), None)


def _with_backward(passes: Passes, back: "Backward") -> Passes:
    equations, symbols = (*passes.equations, *back.equations), {**passes.symbols, **back.symbols}
    arity = {**passes.quantities.indices, **_arities(back.equations)}
    quantities = Quantities(arity, symbols, back.spellings)
    return replace(passes, equations=equations, symbols=symbols, quantities=quantities, back=back)


def _with_training(passes: Passes, back: "Backward", trained: "Training") -> Passes:
    arity = {**passes.quantities.indices, **_arities(trained.equations)}
    quantities = Quantities(arity, trained.symbols, {**back.spellings, **trained.spellings})
    return replace(
        passes,
        equations=trained.equations,
        symbols=dict(trained.symbols),
        quantities=quantities,
        data=trained.completed(passes.data),
        default=trained.answers,
        trained=trained,
    )


def _arities(equations: Iterable[Equation]) -> dict[str, int]:
    return {equation.name: len(equation.target.indices) for equation in equations}
