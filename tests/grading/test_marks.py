"""Marks in little memory: as a dictionary would have them."""

from random import Random

from rnncalc.grading.marks import SIZE, Marks, mark_of


def test_as_a_dictionary() -> None:
    """Of two letters only, numbers too: the end of one mark and the beginning of the next look like a third."""
    rng, marks, known = Random(1), Marks(), dict[bytes, int]()
    for _ in range(5_000):
        mark, number = bytes(rng.choices(b"ab", k=SIZE)), rng.choice(b"ab")
        assert marks[mark] == known.get(mark, 0)
        if rng.random() < 0.5:
            assert marks.put(mark, number) == known.get(mark, 0)
            known[mark] = number
    assert len(marks) == len(known)
    assert {mark: marks[mark] for mark in known} == known


def test_numbers_are_changed_together() -> None:
    marks = Marks()
    for number in range(3000):
        marks[mark_of(str(number))] = 1 + number % 3
    marks.change({1: 2, 2: 3})
    assert [marks[mark_of(str(number))] for number in (0, 1, 2, 3000)] == [2, 3, 3, 0]


def test_texts_that_differ_have_marks_that_differ() -> None:
    assert len({mark_of("a", "b"), mark_of("ab", ""), mark_of("a", "b", ""), mark_of("\udcff", "b")}) == 4
