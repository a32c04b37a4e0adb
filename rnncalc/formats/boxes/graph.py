"""A graph on a grid of characters: boxes in their columns and rows, arrows between neighbours.

Arrows that would have to go round a box are not drawn; who lays the graph out is told which they are.
"""

from collections.abc import Sequence

from rnncalc.document import Graph, Node
from rnncalc.errors import printable
from rnncalc.formats.boxes.box import cell_width
from rnncalc.formula import unicode

# Corners, then the upright and the level line.
_FRAMES = {"input": tuple("╭╮╰╯│─"), "inner": tuple("┌┐└┘│─"), "output": tuple("╔╗╚╝║═"), "gap": tuple("      ")}
_BESIDE, _HEIGHT = 5, 4
Canvas = list[list[str]]


def lay_out_graph(graph: Graph, width: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Lines of at most `width` cells, and the arrows that are not in them; no lines if the boxes do not fit."""
    columns = _columns(graph)
    lefts = [sum(columns[:number]) + _BESIDE * number for number in range(len(columns))]
    if not columns or lefts[-1] + columns[-1] > width:
        return [], list(graph.edges)
    rows = 1 + max(node.row for node in graph.nodes)
    canvas = [[" "] * (lefts[-1] + columns[-1]) for _ in range(rows * _HEIGHT - 1)]
    for node in graph.nodes:
        _box(canvas, node, lefts[node.column], columns[node.column])
    left_out = [edge for edge in graph.edges if not _arrow(canvas, graph, edge, lefts, columns)]
    return ["".join(line).rstrip() for line in canvas], left_out


def _columns(graph: Graph) -> list[int]:
    """The width of the boxes of each column."""
    count = 1 + max((node.column for node in graph.nodes), default=-1)
    labels = [[cell_width(_label(node)) for node in graph.nodes if node.column == number] for number in range(count)]
    return [4 + max(widths, default=0) for widths in labels]


def _label(node: Node) -> str:
    return printable(unicode(node.label))


def _box(canvas: Canvas, node: Node, left: int, width: int) -> None:
    upper_left, upper_right, lower_left, lower_right, upright, level = _FRAMES[node.kind]
    top, last = node.row * _HEIGHT, left + width - 1
    canvas[top][left : last + 1] = [upper_left, *[level] * (width - 2), upper_right]
    canvas[top + 2][left : last + 1] = [lower_left, *[level] * (width - 2), lower_right]
    canvas[top + 1][left], canvas[top + 1][last] = upright, upright
    place = left + (width - cell_width(_label(node)) + 1) // 2
    for character in _label(node):
        if cell_width(character):
            canvas[top + 1][place] = character
            place += 1
        else:
            canvas[top + 1][place - 1] += character


def _arrow(canvas: Canvas, graph: Graph, edge: tuple[int, int], lefts: Sequence[int], columns: Sequence[int]) -> bool:
    """Draw an arrow between boxes that stand beside or below each other; whether it could be drawn."""
    start, end = graph.nodes[edge[0]], graph.nodes[edge[1]]
    across, down = end.column - start.column, end.row - start.row
    if (abs(across), down) == (1, 0):
        first = min(start.column, end.column)
        gap = lefts[first] + columns[first]
        shaft = "─" * (_BESIDE - 3)
        canvas[start.row * _HEIGHT + 1][gap : gap + _BESIDE] = f" {shaft}▶ " if across > 0 else f" ◀{shaft} "
        return True
    if (across, abs(down)) == (0, 1):
        middle = lefts[start.column] + columns[start.column] // 2
        canvas[max(start.row, end.row) * _HEIGHT - 1][middle] = "▼" if down > 0 else "▲"
        return True
    return False
