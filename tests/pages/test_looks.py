from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from readalike.pages.looks import COLOURS, DASHES, LONGEST, MARKERS, looks

Floats = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes 2009, at full strength, on linear RGB
BLIND = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def linear(colour: str) -> Floats:
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour: str, how: str) -> Floats:
    light = np.clip(np.array(BLIND[how]) @ linear(colour), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def nearest(colours: tuple[str, ...], how: str) -> float:
    pairs = itertools.combinations([seen(colour, how) for colour in colours], 2)
    return min(float(np.linalg.norm(one - other)) for one, other in pairs)


def test_colours_can_be_told_apart_by_who_sees_no_red_or_no_green() -> None:
    for how in BLIND:
        assert nearest(COLOURS, how) > 0.2
    usual = ("#d62728", "#2ca02c", "#8c564b")
    assert min(nearest(usual, how) for how in BLIND) < 0.2, "red, green and brown would not do"


def test_algorithms_differ_without_any_colour() -> None:
    names = tuple(f"a{k}" for k in range(len(MARKERS)))
    shapes = {look.marker for look in looks(names).values()}
    assert len(shapes) == len(MARKERS)
    drawn = list(looks(names).values())
    assert all(one.dashes != other.dashes for one, other in itertools.pairwise(drawn))
    assert len(DASHES) > 2


def test_colour_and_marker_together_repeat_late() -> None:
    names = tuple(f"a{k}" for k in range(len(COLOURS) * len(MARKERS)))
    drawn = {(look.colour, look.marker) for look in looks(names).values()}
    assert len(drawn) == len(names) == 88


def test_a_long_name_is_shortened_and_numbered_as_its_row_is() -> None:
    long = "ridge:neighbours=300,regularization=12.5"
    found = looks(("blend", long, f"{long},content=3"))
    assert [look.label for look in found.values()] == [
        "blend", "ridge:neighbours=3… #2", "ridge:neighbours=3… #3"
    ]  # fmt: skip
    assert all(len(look.label) <= LONGEST for look in found.values())


def test_an_algorithm_looks_alike_whatever_stands_after_it() -> None:
    few, many = looks(("a", "b")), looks(("a", "b", "c"))
    assert all(few[name] == many[name] for name in few)


def test_the_dashes_can_be_told_from_each_other() -> None:
    assert len(set(DASHES)) == len(DASHES)
    assert len(set(COLOURS)) == len(COLOURS)
