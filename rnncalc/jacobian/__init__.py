"""The Jacobians between the steps of a network, and the gradient of its loss as their products.

The states that a step hands on to the next one (`h` of an RNN or GRU, `c` and `h` of an LSTM) make one vector u. Then

    ∂u[T]/∂u[i] = ∂u[T]/∂u[T−1] · … · ∂u[i+1]/∂u[i]
    ∂L/∂W       = Σ over i of  ∂L/∂u[T] · ∂u[T]/∂u[i] · ∂′u[i]/∂W        (∂′: with u[i−1] held constant)

(R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013, equations
3–5.) All factors come from `stepwise`, seeded with each unit vector. It knows no pages and no words.

`measure` does it all; `measuring` makes sure of every digit, `study` finds the values, `chain` the Jacobians of one
recurrence, `stepwise` runs the equations, `norms` tells how large a matrix is. Others see this file only.
"""

from rnncalc.jacobian.chain import Jacobians
from rnncalc.jacobian.measuring import SIZES, Size, Sizes, Vanishing, measure
from rnncalc.jacobian.recurrence import Recurrence
from rnncalc.jacobian.study import Factored

__all__ = ["SIZES", "Factored", "Jacobians", "Recurrence", "Size", "Sizes", "Vanishing", "measure"]
