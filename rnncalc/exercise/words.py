"""The words of an exercise file: they become one-hot columns in the order of `vocabulary:`, before numbers are read.

vocabulary: [what, is, the]                   or a list for each quantity: {x: […], y: […]}, or {characters: helo}
x: {words: [what, is, the]}                   also `words: what is the`, and `characters: hell`
w_0: {word: the}                              one column; also `character: h`
x: {words: [what, is], embedding: E}          the one-hot columns get a name of their own, and x[t] = E.T @ w[t]
"""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from rnncalc.cell import Stage
from rnncalc.equations import Equation, parse_equations
from rnncalc.errors import did_you_mean, in_backticks, short
from rnncalc.exercise.vocabulary import Vocabulary, Words, choice, listed
from rnncalc.languages import Message
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar
from rnncalc.source import Sequence as SequenceNode
from rnncalc.system import all_refs, uses

ONE, MANY = ("word", "character"), ("words", "characters")
SECTIONS = ("inputs", "parameters", "initial", "expect")
_POSITION = re.compile(r"(_-?\d.*|\[.*|[₀-₉].*)$")


def read_words(reader: Reader, keys: Mapping[str, Node], equations: tuple[Equation, ...]) -> Words:
    """The words of a file with these keys, whose network has these equations."""
    return _WordReader(reader, keys, equations).read()


class _WordReader:
    def __init__(self, reader: Reader, keys: Mapping[str, Node], equations: tuple[Equation, ...]) -> None:
        self.reader, self.keys, self.equations = reader, keys, equations
        self.used = {ref.name for equation in equations for ref in all_refs(equation)}
        self.chosen = dict(filter(None, map(choice, equations)))
        self.own: dict[str, Vocabulary] = {}
        self.has_own = False
        self.general: Vocabulary = ()
        self.targets: Vocabulary = ()
        self.embeddings: list[Equation] = []
        self.stages: list[Stage] = []
        self.places: dict[str, Node] = {}

    def read(self) -> Words:
        self.vocabularies(self.keys.get("vocabulary"))
        keys = dict(self.keys)
        for section in SECTIONS:
            if isinstance(node := keys.get(section), MappingNode):
                keys[section] = replace(node, entries=tuple(self.entry(section, *entry) for entry in node.entries))
        if isinstance(loss := keys.get("loss"), MappingNode):
            keys["loss"] = replace(loss, entries=tuple(self.of_loss(loss)))
        equations, stages = tuple(self.embeddings), tuple(self.stages)
        return Words(keys, self.general, self.own, self.targets, equations, stages, self.places)

    # -- the vocabulary

    def vocabularies(self, node: Node | None) -> None:
        if not isinstance(node, MappingNode) or node.get("characters"):
            self.general = self.vocabulary(node) if node else ()
            return
        for name, value in node.entries:
            if name.text in self.used:
                self.own[name.text], self.places[name.text] = self.vocabulary(value), value
                self.has_own = True
            else:
                hint = did_you_mean(name.text, self.used, "they use " + ", ".join(sorted(self.used)))
                self.reader.problem(f"no equation uses `{short(name.text)}`", name, hint)

    def vocabulary(self, node: Node) -> Vocabulary:
        found: dict[str, None] = {}
        for item in self.spelt(node):
            if item.text in found:
                self.reader.problem(f"`{item.text}` stands twice in the vocabulary", item, "a word has one place in it")
            found[item.text] = None
        return tuple(found)

    def spelt(self, node: Node) -> Iterator[Scalar]:
        """The words of a vocabulary, each with its place."""
        if isinstance(node, MappingNode) and [name.text for name, _ in node.entries] == ["characters"]:
            yield from self.separate(node.entries[0][1], characters=True)
        elif isinstance(node, SequenceNode) and node.items:
            yield from self.listed(node)
        else:
            self.reader.problem("a vocabulary is a list of words", node, "write `vocabulary: [what, is, the]`")

    def listed(self, node: SequenceNode) -> Iterator[Scalar]:
        for item in node.items:
            if isinstance(item, Scalar) and item.text:
                yield item
            else:
                self.reader.problem("a word was expected", item, "put a word with special signs in quotes")

    def vocabulary_of(self, name: str) -> Vocabulary:
        """That of `x`, also for `x_1` and `x[1]`; what is chosen among the entries of y has the words of y."""
        plain = name if name in self.used else _POSITION.sub("", name)
        return self.own.get(plain) or self.own.get(self.chosen.get(plain, "")) or self.general

    # -- what is said in words

    def entry(self, section: str, name: Scalar, value: Node) -> tuple[Scalar, Node]:
        """An entry of a section with numbers for its words; what is embedded gives its name to the embedded vectors."""
        vocabulary = self.vocabulary_of(name.text)
        columns = self.numbers(value, vocabulary)
        if columns is value:
            return name, value
        if isinstance(value, MappingNode) and (table := value.get("embedding")):
            name = self.embedded(section, name, table, len(vocabulary))
        if section in ("inputs", "initial"):
            self.own.setdefault(_POSITION.sub("", name.text), vocabulary)
        return name, columns

    def of_loss(self, loss: MappingNode) -> Iterator[tuple[Scalar, Node]]:
        output = loss.get("of")
        self.targets = self.vocabulary_of(output.text if isinstance(output, Scalar) else "")
        for key, value in loss.entries:
            yield key, self.numbers(value, self.targets) if key.text == "targets" else value

    def numbers(self, node: Node, vocabulary: Vocabulary) -> Node:
        """The node itself if it has no words."""
        match node:
            case MappingNode(entries=entries) if any(name.text in (*ONE, *MANY, "embedding") for name, _ in entries):
                return self.columns(node, vocabulary)
            case SequenceNode(items=items) if any(isinstance(item, MappingNode) for item in items):
                return replace(node, items=tuple(self.numbers(item, vocabulary) for item in items))
            case _:
                return node

    def columns(self, node: MappingNode, vocabulary: Vocabulary) -> Node:
        keys = self.reader.mapping(node, (*ONE, *MANY, "embedding"), "words")
        said = [key for key in keys if key in (*ONE, *MANY)]
        if len(said) != 1:
            self.ambiguous(node, said)
            return SequenceNode(node.file, node.line, node.column, node.length, ())
        (key,) = said
        words = list(self.separate(keys[key], "character" in key))
        if not vocabulary and "vocabulary" not in self.keys:
            self.reader.problem(
                "words need a vocabulary", node, "add `vocabulary:`, a list of all words in their order"
            )
        elif not vocabulary and self.has_own:
            self.reader.problem("these words have no vocabulary", node, "list them under `vocabulary:` as well")
        if key in ONE and len(words) > 1:
            self.reader.problem(f"one {key} was expected, not {len(words)}", keys[key], f"write `{key}s:` for several")
        known = vocabulary or tuple(dict.fromkeys(word.text for word in words))
        columns = tuple(self.column(word, known) for word in words)
        many = SequenceNode(node.file, node.line, node.column, node.length, columns)
        return columns[0] if key in ONE and columns else many

    def ambiguous(self, node: Node, said: list[str]) -> None:
        if said:
            what = in_backticks(said, " and ")
            self.reader.problem(f"{what} exclude each other", node, "leave one of them out")
        else:
            self.reader.problem("no words are given", node, "write `x: {words: [what, is], embedding: E}`")

    def separate(self, node: Node, characters: bool) -> Iterator[Scalar]:
        """The words of a list or of a text, or the characters of a text."""
        if isinstance(node, SequenceNode):
            yield from self.listed(node)
        elif isinstance(node, Scalar) and node.text:
            first = 0
            for word in node.text if characters else node.text.split():
                first = node.text.index(word, first)
                span = node.span_at(1, first + 1, len(word))
                yield Scalar(node.file, span.line, span.column, span.length, word)
                first += len(word)
        else:
            self.reader.problem("words were expected", node, "write `{words: [what, is]}` or `{characters: hell}`")

    def column(self, word: Scalar, vocabulary: Vocabulary) -> Node:
        if word.text not in vocabulary:
            hint = did_you_mean(word.text, vocabulary, f"it has {listed(vocabulary)}")
            self.reader.problem(f"`{short(word.text)}` is not in the vocabulary", word, hint)
        entries = (replace(word, text=str(int(word.text == one))) for one in vocabulary)
        return SequenceNode(word.file, word.line, word.column, word.length, tuple(entries))

    # -- embeddings

    def embedded(self, section: str, name: Scalar, table: Node, size: int) -> Scalar:
        """The name of the one-hot columns behind x, whose embedded vectors x[t] an equation looks up."""
        letters = [ref.indices[0].base.lower() for ref in uses(self.equations) if ref.name == name.text and ref.indices]
        if section != "inputs" or not letters or not letters[0]:
            self.reader.problem("only inputs are embedded", table, "write an equation instead: `x[t] = E.T @ w[t]`")
            return name
        own = next(one for one in ("w", f"w_{name.text}", f"word_{name.text}") if one not in self.used)
        self.used |= {own}
        self.own.pop(name.text, None)
        self.places.pop(name.text, None)
        matrix = self.reader.text(table)
        by_row, at = self.rows(matrix) in (size, None), f"[{letters[0]}]"
        if self.reader.rows:
            product = f"{own}{at} @ {matrix}{'' if by_row else '.T'}"
        else:
            product = f"{matrix}{'.T' if by_row else ''} @ {own}{at}"
        text = f"{name.text}{at} = {product}"
        self.embeddings += self.reader.attempt(lambda: parse_equations(text, lambda *place: table.span), (), table)
        parts = {"table": matrix}
        row, column = (
            Message("the row of {table} for the word", parts),
            Message("the column of {table} for the word", parts),
        )
        remark = row if by_row else column
        self.stages.append(Stage(Message("Embedding"), remark, (name.text,)))
        return replace(name, text=own)

    def rows(self, matrix: str) -> int | None:
        """How many rows a parameter has, where it is given as a matrix."""
        parameters = self.keys.get("parameters")
        given = parameters.get(matrix) if isinstance(parameters, MappingNode) else None
        return len(given.items) if isinstance(given, SequenceNode) else None
