"""An exercise file → a checked Exercise: its network with its data, and what is asked of it.

`reading` goes through the file section by section. A section has a module of its own, which turns its nodes into
checked values or reports problems at their places; `passes` collects all equations with their data, and `network` puts
them together.
"""

from rnncalc.exercise.exercise import Exercise
from rnncalc.exercise.reading import files_of, load, loads, read_exercise, read_network

__all__ = ["Exercise", "files_of", "load", "loads", "read_exercise", "read_network"]
