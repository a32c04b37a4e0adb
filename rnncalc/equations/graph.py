"""Strongly connected components in dependency order: the one piece of graph theory that `schedule` needs."""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush


def components(nodes: Iterable[int], needs: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """The strongly connected components, each after all that it needs; where that leaves a choice, in the order of
    their smallest node. `needs[node]` may name nodes outside `nodes`; they are ignored.
    """
    inside = sorted(nodes)
    arcs = {node: [other for other in needs.get(node, ()) if other in set(inside)] for node in inside}
    found = _tarjan(inside, arcs)
    owner = {node: number for number, component in enumerate(found) for node in component}
    return [sorted(found[number]) for number in _listed_order(found, arcs, owner)]


def _tarjan(nodes: list[int], arcs: Mapping[int, list[int]]) -> list[list[int]]:
    """Tarjan (1972), with a stack of its own: a long chain of equations must not exhaust Python's."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[list[int]] = []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(arcs[root]))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    path.append(other)
                    on_path.add(other)
                    work.append((other, iter(arcs[other])))
                    break
                if other in on_path:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    start = path.index(node)
                    found.append(path[start:])
                    on_path.difference_update(path[start:])
                    del path[start:]
    return found


def _listed_order(found: list[list[int]], arcs: Mapping[int, list[int]], owner: Mapping[int, int]) -> list[int]:
    """Kahn's order with the component listed first taken first."""
    waits: dict[int, set[int]] = {number: set() for number in range(len(found))}
    feeds: dict[int, set[int]] = {number: set() for number in range(len(found))}
    for node, others in arcs.items():
        for other in others:
            if owner[other] != owner[node]:
                waits[owner[node]].add(owner[other])
                feeds[owner[other]].add(owner[node])
    ready: list[tuple[int, int]] = []
    for number, before in waits.items():
        if not before:
            heappush(ready, (min(found[number]), number))
    order = []
    while ready:
        _, number = heappop(ready)
        order.append(number)
        for later in feeds[number]:
            waits[later].discard(number)
            if not waits[later]:
                heappush(ready, (min(found[later]), later))
    return order
