"""Training as equations: a section `train:` and the gradients of a network become its steps, in the same language.

    W_step1    = W - rate * d_W                            the update
    h_step1[t] = tanh(W_step1 @ h_step1[t-1] + …)          the network again, with the new weights

`read_rule` reads the section, `training` writes the equations. It knows no numbers and no pages.
"""

from rnncalc.exercise.training.rule import read_rule
from rnncalc.exercise.training.runs import Training, training
from rnncalc.exercise.training.update import Round

__all__ = ["Round", "Training", "read_rule", "training"]
