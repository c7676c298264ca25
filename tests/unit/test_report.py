"""What a report says, in which order and in which words (spec 03, section 9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import synloom as sl
from synloom.report.blocks import Bullets, Paragraph
from synloom.report.collect import collect
from synloom.report.markdown import block, escape, render_markdown
from synloom.report.records import NetworkReport
from tests.unit.report_networks import rate_coded, spiking

pytestmark = pytest.mark.usefixtures("fresh")


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ .*$", text, re.MULTILINE)


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    below = text.partition(f"{heading}\n\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in below.splitlines()[2:]]


def projections(network: sl.Network, **options: bool) -> list[list[str]]:
    return table(render_markdown(collect(network, **options)), "## Projections")


def pair(network: sl.Network) -> tuple[sl.Population, sl.Population]:
    neuron = sl.Neuron(equations="r = sum(exc)", name="N")
    return network.create(4, neuron, name="a"), network.create(4, neuron, name="b")


def linked(network: sl.Network, *ends: sl.Population, name: str | None = None) -> sl.Projection:
    made = network.connect(*ends, "exc", name=name)
    assert isinstance(made, sl.Projection)
    return made


# -- structure -----------------------------------------------------------------------------------------------


def test_sections_are_in_order() -> None:
    text = render_markdown(collect(spiking()))
    assert text.startswith('---\ntitle: "Network description"\nauthor: "Written by synloom ')
    assert headings(text) == [
        "# Structure of the network",
        "## Populations",
        "## Projections",
        "## Monitors",
        "# Neuron models",
        "## Neuron 1",
        "### Parameters",
        "### Equations",
        "### Spike emission",
        "### Reset",
        "# Synapse models",
        "## Pairs",
        "### Parameters",
        "### Equations",
        "### Pre-synaptic event",
        "### Post-synaptic event",
        "# Parameters",
        "## Population cells",
        "## Projection drive: noise to cells",
        "# Input",
        "## noise (PoissonPopulation)",
    ]


def test_tables_of_the_structure() -> None:
    text = render_markdown(collect(rate_coded()))
    assert f"* synloom {sl.__version__}, backend: default\n" in text
    assert "* Numerical step size: 0.5 ms, precision: double\n" in text
    assert table(text, "## Populations") == [["pixels", "(2, 3)", "Pixel"], ["features", "4", "Feature"]]
    assert table(text, "## Projections") == [
        [
            "pixels",
            "features",
            "exc",
            "Synapse 1",
            r"All-to-All, weights $\mathcal{U}$(0.0, 1.0), delays 2.0",
        ],
        [
            "features",
            "pixels",
            "fb",
            "-",
            "Transpose of ff (pixels to features), shares its weights, delays 0.0",
        ],
    ]
    assert table(text, "## Monitors") == [["pixels (subset)", "r", "10"], ["features", "r, v", "0.5"]]


def test_several_targets_are_joined() -> None:
    assert projections(spiking())[0][2] == "exc / inh"


def test_title_author_and_date() -> None:
    text = render_markdown(collect(sl.Network(), title='A "title": yes', author="Ada", date="1843"))
    assert text.startswith('---\ntitle: "A \\"title\\": yes"\nauthor: "Ada"\ndate: "1843"\n---\n')


def test_an_empty_network_has_nothing_to_tell() -> None:
    text = render_markdown(collect(sl.Network()))
    assert headings(text) == ["# Structure of the network", "## Populations", "# Parameters"]
    assert text.count("∅") == 2


def test_global_functions_are_displayed() -> None:
    sl.add_function("twice(x) = 2.0 * x")
    text = render_markdown(collect(sl.Network()))
    assert "## Functions\n\n$$\n\\text{twice} (x) = 2 \\cdot x\n$$\n" in text


# -- connectors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connector", "arguments", "expected"),
    [
        ("one_to_one", {"weights": 0.5, "delays": 2.0}, "One-to-One, weights 0.5, delays 2.0"),
        ("all_to_all", {"weights": 1.0}, "All-to-All, weights 1.0, delays 0.0"),
        ("gaussian", {"amp": 2.0, "sigma": 0.3}, "Gaussian, amplitude 2.0, sigma 0.3, delays 0.0"),
        (
            "dog",
            {"amp_pos": 1.0, "sigma_pos": 0.2, "amp_neg": 0.3, "sigma_neg": 0.7},
            "Difference-of-Gaussian, A+ 1.0, sigma+ 0.2, A- 0.3, sigma- 0.7, delays 0.0",
        ),
        (
            "fixed_probability",
            {"probability": 0.1, "weights": sl.Normal(0.0, 1.0)},
            r"Random, sparseness 0.1, weights $\mathcal{N}$(0.0, 1.0), delays 0.0",
        ),
        (
            "fixed_number_pre",
            {"number": 2, "weights": 1.0},
            r"Random Convergent 2 $\rightarrow$ 1, weights 1.0, delays 0.0",
        ),
        (
            "fixed_number_post",
            {"number": 3, "delays": sl.DiscreteUniform(1, 4)},
            r"Random Divergent 1 $\rightarrow$ 3, weights 1.0, delays $\mathcal{U}$(1, 4)",
        ),
        ("from_matrix", {"weights": [[1.0] * 4] * 4}, "Connectivity matrix"),
    ],
)
def test_patterns_have_their_exact_words(connector: str, arguments: dict[str, object], expected: str) -> None:
    network = sl.Network()
    getattr(linked(network, *pair(network)), f"connect_{connector}")(**arguments)
    assert projections(network)[0][4] == expected


def test_a_function_of_the_user_is_named() -> None:
    def my_rule(pre: sl.Population, post: sl.Population) -> sl.LILConnectivity:
        found = sl.LILConnectivity()
        found.add(0, [0, 1], [1.0, 2.0], [0.0])
        return found

    network = sl.Network()
    linked(network, *pair(network)).connect_with_func(my_rule)
    assert projections(network)[0][4] == r"User-defined, function my\_rule()"


def test_a_dollar_in_a_file_name_is_no_mathematics(tmp_path: Path) -> None:
    path = tmp_path / r"a$\rightarrow$b.mtx"
    path.write_text("%%MatrixMarket matrix coordinate real general\n4 4 1\n1 1 0.5\n")
    network = sl.Network()
    linked(network, *pair(network)).connect_from_matrix_market(path)
    assert projections(network)[0][4].endswith(r"a\$\\rightarrow\$b.mtx")


def test_a_projection_that_is_not_connected_is_told() -> None:
    network = sl.Network()
    linked(network, *pair(network))
    assert projections(network)[0][4] == "not connected yet"


def test_gathered_subprojections() -> None:
    network = sl.Network()
    a, b = pair(network)
    for weight in (1.0, 2.0):
        linked(network, a, b).connect_all_to_all(weight)
    linked(network, b, a).connect_all_to_all(3.0)
    assert [row[4] for row in projections(network)] == [
        f"All-to-All, weights {w}, delays 0.0" for w in (1.0, 2.0, 3.0)
    ]
    assert [row[4] for row in projections(network, gather_subprojections=True)] == [
        f"All-to-All, weights {w}, delays 0.0" for w in (1.0, 3.0)
    ]


def test_transposes_say_whose_weights_they_read() -> None:
    network = sl.Network(dt=0.5)
    ff = linked(network, *pair(network), name="ff").connect_all_to_all(1.0, delays=2.0)
    back = sl.Transpose(ff, "exc", psp="w * pre.r * post.r", operation="max").connect(delays=3.0)
    sl.Transpose(ff, "exc").connect(delays="forward")
    sl.Transpose(back, "exc")
    whose = "of ff (a to b), shares its weights"
    product = r"$w \cdot r^{\text{pre}}(t - d) \cdot r^{\text{post}}(t)$"
    assert [row[4] for row in projections(network)][1:] == [
        f"Transpose {whose}, max of {product}, delays 3.0",
        f"Transpose {whose}, delays of ff",
        f"Transpose of the transpose {whose}, delays 0.0",
    ]
    assert [p.shares for p in collect(network).projections] == ["", "ff", "ff", "ff"]


# -- models --------------------------------------------------------------------------------------------------


def test_models_without_a_name_are_numbered_in_order_of_use() -> None:
    network = sl.Network()
    first, second = (sl.Neuron(equations=f"r = {n}.0 + sum(exc)") for n in (1, 2))
    learning = sl.Synapse(equations="w += 1.0")
    a, b = network.create(1, first), network.create(1, sl.Neuron(equations="r = 3.0", name="Mine"))
    c, d = network.create(1, second), network.create(1, first)
    for pre, post in ((a, c), (c, d)):
        made = network.connect(pre, post, "exc", learning)
        assert isinstance(made, sl.Projection)
        made.connect_all_to_all(1.0)
    del b
    report = collect(network)
    assert [p.neuron for p in report.populations] == ["Neuron 1", "Mine", "Neuron 3", "Neuron 1"]
    assert [n.name for n in report.neurons] == ["Neuron 1", "Mine", "Neuron 3"]
    assert [s.name for s in report.synapses] == ["Synapse 1"]


def test_two_models_of_one_name_are_told_apart() -> None:
    network = sl.Network()
    for tau in (10.0, 20.0, 20.0):
        network.create(1, sl.LeakyIntegrator(tau=tau))
    report = collect(network)
    assert [p.neuron for p in report.populations] == [
        "LeakyIntegrator",
        "LeakyIntegrator (2)",
        "LeakyIntegrator (2)",
    ]
    assert len(report.neurons) == 2


def test_models_that_are_not_used_are_not_listed() -> None:
    sl.Neuron(equations="r = 1.0", name="Unused")
    assert "Unused" not in render_markdown(collect(rate_coded()))


def test_default_synapses_are_left_out() -> None:
    network = sl.Network()
    a, b = pair(network)
    for synapse in (None, sl.DefaultRateCodedSynapse, sl.Synapse(psp="w * pre.r")):
        made = network.connect(a, b, "exc", synapse)  # type: ignore[arg-type]
        assert isinstance(made, sl.Projection)
        made.connect_all_to_all(1.0)
    assert [row[3] for row in projections(network)] == ["-"] * 3
    assert collect(network).synapses == ()


def test_parameters_and_equations() -> None:
    text = render_markdown(collect(rate_coded()))
    assert "## Feature\n\nA leaky unit with a threshold.\n" in text
    assert table(text.partition("## Feature")[2], "### Parameters") == [
        [r"$\tau$", "$10$", "per population", "float"],
        [r"$\theta$", r"$\mathcal{U} (0, 0.5)$", "per neuron", "float"],
    ]
    assert "* Variable $v$: per neuron, initial value: $0.1$, method: exponential\n" in text
    assert r"\tau \cdot \frac{d v(t)}{dt} + v(t) = \sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d)" in text
    assert "* Variable $n$: per neuron, int, initial value: $0$\n\n$$\nn(t) \\leftarrow n(t) + 1\n" in text
    assert r"initial value: $0$, at least $0$, at most $\text{gain}_{\text{max}}$" in text
    assert r"\text{squash} (x, k) = \frac{k \cdot x}{1 + \left| x \right|}" in text
    assert "* Variable $w$: per synapse, at least $0$, method: explicit\n" in text


def test_localities_of_synapses() -> None:
    network = sl.Network()
    synapse = sl.Synapse(
        parameters="a = 1.0 ; b = 2.0 : postsynaptic ; c = True : projection",
        equations="theta = post.r : postsynaptic",
        psp="w * pre.r * a",
        operation="max",
    )
    made = network.connect(*pair(network), "exc", synapse)
    assert isinstance(made, sl.Projection)
    made.connect_all_to_all(1.0)
    text = render_markdown(collect(network))
    assert table(text.partition("## Synapse 1")[2], "### Parameters") == [
        ["$a$", "$1$", "per synapse", "float"],
        ["$b$", "$2$", "per post-synaptic neuron", "float"],
        ["$c$", r"$\text{true}$", "per projection", "bool"],
    ]
    assert "* Variable $\\theta$: per post-synaptic neuron, initial value: $0$\n" in text
    assert (
        "### Weighted sum\n\nMax over the synapses of\n\n$$\nw \\cdot r^{\\text{pre}}(t - d) \\cdot a\n"
        in text
    )


def test_spikes_resets_and_events() -> None:
    text = render_markdown(collect(spiking()))
    assert "### Spike emission\n\nThe neuron emits a spike if\n\n$$\nv(t) > -50\n$$\n" in text
    assert "### Reset\n\n$$\nv(t) \\leftarrow E_{L}\n$$\n\nRefractory period: 2.0 ms\n" in text
    assert (
        "* Variable $g_{\\text{exc}}$: per neuron, initial value: $0$, "
        "incoming spikes add to it, and it is set back once it was read\n"
    ) in text
    assert "* Variable $w(t)$: per synapse, changed by events only\n" in text
    assert (
        "### Pre-synaptic event\n\n$$\ng_{\\text{target}}(t) \\leftarrow g_{\\text{target}}(t) + w(t)\n$$"
        in text
    )


@pytest.mark.usefixtures("structural")
def test_synapses_that_come_and_go() -> None:
    network = sl.Network()
    synapse = sl.Synapse(
        parameters="T = 10.0 : projection",
        equations="age += 1",
        creating="pre.r * post.r > 0.9 : proba = 0.5, w = 0.1, d = 2.0",
        pruning="age > T",
    )
    made = network.connect(*pair(network), "exc", synapse)
    assert isinstance(made, sl.Projection)
    made.connect_all_to_all(1.0)
    text = render_markdown(collect(network))
    product = r"$r^{\text{pre}}(t) \cdot r^{\text{post}}(t) > 0.9$"
    assert (
        f"### Creation of synapses\n\n{product}, probability $0.5$, weight $0.1$, delay in ms $2$\n" in text
    )
    assert "### Pruning of synapses\n\n$\\text{age}(t) > T$\n" in text


# -- parameters ----------------------------------------------------------------------------------------------


def test_values_and_ranges() -> None:
    network = rate_coded()
    text = render_markdown(collect(network))
    assert table(text, "## Constants") == [[r"$\text{gain}_{\text{max}}$", "$4$"]]
    assert table(text, "## Population pixels") == [["$x$", "$[0, 0.5]$"]]
    assert table(text, "## Projection ff: pixels to features") == [[r"$\eta$", "$0.01$"]]


def test_values_of_synapses_before_and_after_they_are_made() -> None:
    network = sl.Network()
    synapse = sl.Synapse(parameters="a = Uniform(0.0, 1.0) ; b = 1.0 ; c = 2.0", psp="w * a * b * c * pre.r")
    made = network.connect(*pair(network), "exc", synapse, name="p")
    assert isinstance(made, sl.Projection)
    made.connect_all_to_all(1.0)
    made.b = sl.Normal(0.0, 1.0)
    made.c = 3.0

    def values() -> dict[str, str]:
        text = render_markdown(collect(network))
        return dict(map(tuple, table(text, "## Projection p: a to b")))

    assert values() == {"$a$": r"$\mathcal{U} (0, 1)$", "$b$": r"$\mathcal{N}$(0.0, 1.0)", "$c$": "$3$"}
    network._connect_all()
    assert re.fullmatch(r"\$\[0\.\d+, 0\.\d+\]\$", values()["$a$"])


def test_a_report_draws_nothing() -> None:
    """Results are the same, bit for bit, whether a report was written or not."""

    def drawn(told: bool) -> list[float]:
        sl.clear()
        network = sl.Network(seed=3)
        synapse = sl.Synapse(
            parameters={
                "a": sl.Parameter(sl.Uniform(0.0, 1.0, seed=5), "local"),
                "b": sl.Parameter(sl.Normal(0.0, 1.0), "global"),
            },
            psp="w * a * b * pre.r",
        )
        made = network.connect(*pair(network), "exc", synapse)
        assert isinstance(made, sl.Projection)
        made.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 1.0))
        if told:
            shown = render_markdown(collect(network))
            assert table(shown, "## Projection proj0: a to b") == [
                ["$a$", r"$\mathcal{U} (0, 1)$"],
                ["$b$", r"$\mathcal{N} (0, 1)$"],
            ]
            assert str(network) and network._repr_html_() and made._repr_html_()
        network._connect_all()
        return [float(x) for name in ("w", "a", "b") for x in made.state[name]]

    assert drawn(told=True) == drawn(told=False)


def test_forms_of_5_0_are_told_in_the_same_words() -> None:
    sl.Constant("K", 3.0)
    neuron = sl.Neuron(
        parameters={
            "tau": 10.0,
            "a": sl.Parameter("K", "local"),
            "on": sl.Parameter(True, "local", type="bool"),
        },
        equations=[sl.Variable("tau*dr/dt = a - r", init=0.5, min=0.0, method="exponential")],
    )
    network = sl.Network()
    network.create(2, neuron, name="p")
    text = render_markdown(collect(network))
    assert table(text, "### Parameters") == [
        [r"$\tau$", "$10$", "per population", "float"],
        ["$a$", "$K$", "per neuron", "float"],
        [r"$\text{on}$", r"$\text{true}$", "per neuron", "bool"],
    ]
    assert "* Variable $r$: per neuron, initial value: $0.5$, at least $0$, method: exponential\n" in text
    assert table(text, "## Constants") == [["$K$", "$3$"]]
    assert table(text, "## Population p")[2] == [r"$\text{on}$", r"$\text{true}$"]


# -- Markdown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("a | b", r"a \| b"),
        ("<script>&", r"\<script\>\&"),
        ("$5 `x` #1 ~", r"\$5 \`x\` \#1 \~"),
        ("[a](b) {c} @d ^e", r"\[a\](b) \{c\} \@d \^e"),
        ("a---b", r"a-\--b"),
        ("two\nlines", "two lines"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_escaping(text: str, expected: str) -> None:
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. a", r"1\. a"),
        ("2) a", r"2\) a"),
        ("- a", r"\- a"),
        ("+ a", r"\+ a"),
        ("=== a", r"\=== a"),
        (": a", r"\: a"),
        ("  1.5 is", r"1\.5 is"),
        ("10 a", "10 a"),
    ],
)
def test_a_paragraph_is_no_list(text: str, expected: str) -> None:
    assert block(Paragraph((text,))) == expected
    assert block(Bullets(((text,),))) == f"* {expected}"


def test_the_same_network_gives_the_same_report() -> None:
    reports: list[NetworkReport] = []
    for _ in range(2):
        reports.append(collect(rate_coded()))
        sl.clear()
    assert reports[0] == reports[1]
    assert hash(reports[0]) == hash(reports[1])
