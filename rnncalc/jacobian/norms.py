"""How much a matrix enlarges: its Frobenius norm, its 2-norm and its spectral radius, in any number domain.

A certified eigenvalue of largest modulus needs no eigenvectors: for every m the spectral radius ρ of an n×n matrix A
lies between (|tr Aᵐ|/n)^(1/m) and ‖Aᵐ‖^(1/m), and m = 15·2ᵏ closes that gap as fast as A can be squared. (I. Gelfand,
Normierte Ringe, 1941.) The 2-norm is the root of the spectral radius of AᵀA.
"""

from collections.abc import Sequence
from math import isqrt, log
from typing import TYPE_CHECKING, Any, Protocol

from rnncalc.equations import Domain, ImpreciseError

if TYPE_CHECKING:
    from rnncalc.equations.domains.scalars import Array


class Norms(Protocol):
    """The norms of a matrix of a domain, as values of that domain with one entry."""

    def frobenius(self, matrix: Any) -> Any:
        """The root of the sum of the squares; the length of a vector."""
        ...

    def spectral(self, matrix: Any) -> Any:
        """The 2-norm: how many times longer the matrix can make a vector."""
        ...

    def radius(self, matrix: Any) -> Any:
        """The largest modulus of an eigenvalue: what each further power of the matrix multiplies by in the end."""
        ...

    def peak(self, matrix: Any) -> Any:
        """The largest absolute value of an entry: the 2-norm of the diagonal matrix that has these entries."""
        ...

    def root(self, value: Any, degree: int) -> Any:
        """The root of a value with one entry, not negative."""
        ...

    def apart(self, one: Any, other: Any) -> float | None:
        """The common logarithm of the most that two values for one thing can be apart; None if they are the same.

        Raises ValueError if they are certainly not one value.
        """
        ...


def norms(domain: Domain) -> Norms:
    """The norms that go with a domain."""
    from rnncalc.equations.domains.float64 import Float64

    return _Float64Norms() if isinstance(domain, Float64) else _CertifiedNorms()


class _Float64Norms:
    """LAPACK's, as NumPy offers them."""

    def frobenius(self, matrix: Any) -> Any:
        return self.one((matrix**2).sum() ** 0.5)

    def spectral(self, matrix: Any) -> Any:
        import numpy as np

        return self.one(np.linalg.norm(matrix, 2))

    def radius(self, matrix: Any) -> Any:
        import numpy as np

        return self.one(abs(np.linalg.eigvals(matrix)).max())

    def peak(self, matrix: Any) -> Any:
        return self.one(abs(matrix).max())

    def root(self, value: Any, degree: int) -> Any:
        return value ** (1 / degree)

    def apart(self, one: Any, other: Any) -> float | None:
        import numpy as np

        most = float(abs(one - other).max())
        if most > 1e-6 * (1 + float(abs(other).max())):
            raise ValueError("two ways to compute one thing disagree")
        return float(np.log10(most)) if most else None

    def one(self, value: Any) -> Any:
        import numpy as np

        return np.full((1, 1), value)


class _CertifiedNorms:
    """Exact where a rule gives the value without rounding, else an enclosure at the precision of `flint.ctx`."""

    def frobenius(self, matrix: "Array") -> "Array":
        return self.one(_length(matrix.entries))

    def spectral(self, matrix: "Array") -> "Array":
        import flint

        if 1 in (matrix.rows, matrix.columns):
            return self.frobenius(matrix)
        if matrix.rows == matrix.columns and _is_diagonal(matrix):
            return self.peak(matrix)
        whole = flint.arb_mat(matrix.rows, matrix.columns, list(map(flint.arb, matrix.entries)))
        return self.one(_nonnegative(_largest_modulus(whole.transpose() * whole)).sqrt())

    def radius(self, matrix: "Array") -> "Array":
        import flint

        core = _core([list(matrix.row(number)) for number in range(matrix.rows)])
        if not core:
            return self.one(flint.fmpq(0))
        if _is_triangular(core):
            return self.one(_largest([abs(core[number][number]) for number in range(len(core))]))
        if all(isinstance(entry, flint.fmpq) for row in core for entry in row):
            power = flint.fmpq_mat(core)
            for _ in range(len(core).bit_length()):
                power = power * power
            if not any(power.entries()):
                return self.one(flint.fmpq(0))
        return self.one(_largest_modulus(flint.arb_mat([list(map(flint.arb, row)) for row in core])))

    def peak(self, matrix: "Array") -> "Array":
        return self.one(_largest([abs(entry) for entry in matrix.entries]))

    def root(self, value: "Array", degree: int) -> "Array":
        import flint

        (entry,) = value.entries
        return value if degree == 1 or entry in (0, 1) else self.one(flint.arb(entry).root(degree))

    def apart(self, one: "Array", other: "Array") -> float | None:
        import flint

        differences = [flint.arb(a - b) for a, b in zip(one.entries, other.entries, strict=True)]
        if not all(difference.contains(0) for difference in differences):
            raise ValueError("two ways to compute one thing disagree")
        most = max((difference.abs_upper() for difference in differences), key=lambda bound: bound)
        return float(most.log()) / log(10) if most > 0 else None

    def one(self, value: Any) -> "Array":
        from rnncalc.equations.domains.scalars import Array

        return Array(1, 1, (_known(value),))


def _known(value: Any) -> Any:
    """A ball without a radius is an exact number: said so, it is printed as one."""
    import flint

    return value.fmpq() if isinstance(value, flint.arb) and value.is_exact() else value


def _length(entries: Sequence[Any]) -> Any:
    import flint

    others = [entry for entry in entries if entry != 0]
    if len(others) < 2:
        return abs(others[0]) if others else flint.fmpq(0)
    square = sum(entry * entry for entry in others)
    if isinstance(square, flint.fmpq):
        above, below = isqrt(int(square.p)), isqrt(int(square.q))
        if above**2 == square.p and below**2 == square.q:
            return flint.fmpq(above, below)
    return _nonnegative(flint.arb(square)).sqrt()


def _nonnegative(ball: Any) -> Any:
    """A ball for something that is known not to be negative."""
    return ball.max(0)


def _largest(values: Sequence[Any]) -> Any:
    """The largest of exact numbers and balls: one of them where the comparison is certain."""
    import flint

    best = values[0]
    for value in values[1:]:
        if value > best:
            best = value
        elif not value <= best:
            best = flint.arb(best).max(flint.arb(value))
    return best


def _is_diagonal(matrix: "Array") -> bool:
    return all(entry == 0 for place, entry in enumerate(matrix.entries) if place % (matrix.columns + 1))


def _is_triangular(rows: Sequence[Sequence[Any]]) -> bool:
    size = range(len(rows))
    below = all(rows[i][j] == 0 for i in size for j in size if i > j)
    return below or all(rows[i][j] == 0 for i in size for j in size if i < j)


def _core(rows: list[list[Any]]) -> list[list[Any]]:
    """The matrix without the rows and columns that only bring eigenvalues 0: a zero row goes with its column."""
    for number, row in enumerate(rows):
        if all(entry == 0 for entry in row) or all(other[number] == 0 for other in rows):
            left = [other for place, other in enumerate(rows) if place != number]
            return _core([[entry for place, entry in enumerate(other) if place != number] for other in left])
    return rows


def _largest_modulus(matrix: Any) -> Any:
    """The spectral radius of a square `arb_mat`, between the best bounds that its powers give."""
    import flint

    cube = matrix * matrix * matrix
    power = cube * cube * cube * cube * cube
    exponent, low, high = 15, flint.arb(0), None
    # Each squaring costs bits of the entries; what is left of their accuracy is divided by the exponent.
    for _ in range(int(flint.ctx.prec)):
        length = _nonnegative(sum(entry * entry for entry in power.entries())).sqrt()
        if length == 0:
            return flint.arb(0)
        if length.rel_accuracy_bits() < _FEWEST_BITS:
            break
        upper = (length.abs_upper().log() / exponent).exp().abs_upper()
        high = upper if high is None else high.min(upper)
        share = (abs(power.trace()) / matrix.nrows()).abs_lower()
        if share > 0:
            low = low.max((share.log() / exponent).exp().abs_lower())
        if exponent.bit_length() > _ENOUGH * flint.ctx.prec:
            break
        power, exponent = power * power, 2 * exponent
    if high is None:
        raise ImpreciseError("a power of a matrix of too uncertain entries")
    return low.union(high)


_FEWEST_BITS = 8
_ENOUGH = 0.4
"""A part of the working precision: more doublings would say more of the radius than its entries are known to."""
