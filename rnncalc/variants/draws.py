"""Numbers from a seed: the same on every platform and with every version of Python, whatever else is drawn.

A number depends on the seed, the variant, the quantity, its place and the attempt, and on nothing else: a quantity that
is drawn again leaves all others as they are.
"""

from hashlib import shake_256

GENERATOR = "2"
"""A generator that draws other numbers from the same seed has another number here."""


def draws(count: int, below: int, *key: object) -> list[int]:
    """So many whole numbers from 0 to below − 1, all equally likely to within 2⁻⁴⁰."""
    text = "\x1f".join(map(str, (GENERATOR, *key)))
    stream = shake_256(text.encode()).digest(8 * count)
    return [int.from_bytes(stream[8 * place : 8 * place + 8], "big") % below for place in range(count)]


def chosen(count: int, of: int, *key: object) -> frozenset[int]:
    """So many different places among 0 to of − 1."""
    order = sorted(range(of), key=draws(of, 1 << 40, *key).__getitem__)
    return frozenset(order[:count])
