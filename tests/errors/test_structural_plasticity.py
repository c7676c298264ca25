"""Mistakes in creating and pruning (spec 01, section 13; what may be drawn: section 11)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.lang_texts import mistake, mistakes, place, spiking_synapse, synapse

PARAMETERS = "tau = 10.0 ; s = 1.0 : postsynaptic ; p = 1.0 : projection"
RULE = "{} must be one boolean expression, and flags."
NOT_THERE = 'creating cannot use "{}": the synapse that would have it does not exist.'
COARSER = "use pre. and post., and attributes with the flag postsynaptic or projection"
JOIN = 'join conditions with "and" or "or"; flags follow a colon'
CREATING: dict[str, tuple[str, str, int, Any]] = {
    "w > 1": (NOT_THERE.format("w"), "w", 0, COARSER),
    "pre.v > tau": (NOT_THERE.format("tau"), "tau", 8, COARSER),
    "pre.v > x": (NOT_THERE.format("x"), "x", 8, COARSER),
    "pre.v > 1 : w = w": (NOT_THERE.format("w"), "w", 16, COARSER),
    "pre.v > 1 : proba = tau": (NOT_THERE.format("tau"), "tau", 20, COARSER),
    "pre.v > 1 : d = dd": ('Unknown name "dd" in d of creating.', "dd", 16, ""),
    "pre.v > 1 : foo": ('Unknown flag "foo"; allowed here: proba, w, d.', "foo", 12, ""),
    "pre.v > 1 : w": ('Flag "w" needs a value; allowed here: proba, w, d.', "w", 12, ""),
    "pre.v > 1 : d = 1, d = 2": ('Repeated flag "d"; allowed here: proba, w, d.', "d", 19, ""),
    "pre.v > 1 : init = 1": (
        'Flag "init" is not allowed for creating; allowed here: proba, w, d.',
        "init",
        12,
        "",
    ),
}
PRUNING: dict[str, tuple[str, str, int, Any]] = {
    "w < 1 : w = 1": ('Unknown flag "w"; allowed here: proba.', "w", 8, ""),
    "w < 1 : d = 1": ('Unknown flag "d"; allowed here: proba.', "d", 8, ""),
    "ww > 1": ('Unknown name "ww" in pruning.', "ww", 0, 'Did you mean "w"?'),
}
BOTH: dict[str, tuple[str, str, int, Any]] = {
    "pre.v = 1": (RULE, "=", 6, 'a comparison is written "=="'),
    "pre.v > 1, post.v > 1": (RULE, ",", 9, JOIN),
    "pre.v > 1, proba = 0.5": (RULE, ",", 9, JOIN),
    "pre.v > 1 ; post.v > 1": (RULE, ";", 10, JOIN),
    ": proba = 0.5": (RULE, ":", 0, "a condition is missing"),
    "if pre.v > 1: p else: 0": (RULE, "if", 0, "use ite(c, a, b)"),
    "dp/dt > 1": (RULE, "dp/dt", 0, "write the right side of its equation instead"),
    "pre.v > 1 : proba = 0.1 : proba = 1": (
        "Flags are given once, at the end, separated by commas.",
        ":",
        24,
        "",
    ),
    "pre.q > 1": ('Population "p1" (pre) has no attribute "q".', "pre.q", 0, ""),
    "post.v > q": ('Unknown name "q" in {}.', "q", 9, None),
    "t_pre > 1": ('Unknown name "t_pre" in {}.', "t_pre", 0, "{} cannot use the times of spikes."),
    "pre.sum(exc) > 1": (
        "pre.sum() is only available in rate-coded synapses.",
        "pre.sum(exc)",
        0,
        "write pre.g_exc",
    ),
    "Uniform(0, 1) < Uniform(0, 2)": (
        "Only one random distribution is allowed in {}.",
        "Uniform(0, 2)",
        16,
        "",
    ),
    "Uniform(0, 1) < 1 : proba = Uniform(0, 1)": (
        "Only one random distribution is allowed in {}.",
        "Uniform(0, 1)",
        28,
        "",
    ),
    "Uniform(0, p) < 1": ("In {}, the arguments of Uniform() must be numbers.", "p", 11, ""),
}


@pytest.mark.parametrize(
    ("argument", "text"),
    [("creating", t) for t in (*CREATING, *BOTH)] + [("pruning", t) for t in (*PRUNING, *BOTH)],
)
def test_structural_plasticity(argument: str, text: str) -> None:
    message, underlined, column, hint = {**CREATING, **PRUNING, **BOTH}[text]
    error = mistake(lambda: spiking_synapse("x = 1", PARAMETERS, **{argument: f"\n  {text}"}))
    assert error.message == message.format(argument)
    assert place(error) == (underlined, 2, 2 + column)
    assert hint is None or error.hint == hint.format(argument)


def test_structural_plasticity_of_a_rate_coded_synapse() -> None:
    found = mistakes(lambda: synapse(creating="pre.r > w", pruning="post.q > 1 : proba"))
    assert [f.message for f in found] == [
        'Population "p2" (post) has no attribute "q".',
        'Flag "proba" needs a value; allowed here: proba.',
        NOT_THERE.format("w"),
    ]
