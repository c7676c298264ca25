"""Spec 03, section 13: each name of the closing table is there, documented, and listed on the page of all names."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path

import pytest

import synloom as sl

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "reference.md").read_text("utf-8")

NAMES = [
    "Population",
    "Projection",
    "Neuron",
    "Synapse",
    "Monitor",
    "PopulationView",
    "Dendrite",
    "Network",
    "setup",
    "compile",
    "clear",
    "reset",
    "set_seed",
    "get_population",
    "get_projection",
    "populations",
    "projections",
    "monitors",
    "simulate",
    "simulate_until",
    "step",
    "parallel_run",
    "enable_learning",
    "disable_learning",
    "get_time",
    "set_time",
    "get_current_step",
    "set_current_step",
    "dt",
    "save",
    "load",
    "save_parameters",
    "load_parameters",
    "report",
    "Uniform",
    "DiscreteUniform",
    "Normal",
    "LogNormal",
    "Exponential",
    "Gamma",
    "Binomial",
    "add_function",
    "functions",
    "Constant",
    "get_constant",
    "raster_plot",
    "histogram",
    "inter_spike_interval",
    "coefficient_of_variation",
    "population_rate",
    "smoothed_rate",
    "every",
    "callbacks_enabled",
    "disable_callbacks",
    "enable_callbacks",
    "clear_all_callbacks",
    "mean_fr",
    "MonitorList",
    "LILConnectivity",
    "CSR",
    "sparse_random_matrix",
    "sparse_delays_from_weights",
    "load_parameter",
    "check_profile_results",
    "magic_network",
    "timeit",
    "IndividualNeuron",
    "IndividualSynapse",
    "list_standard_neurons",
    "list_standard_synapses",
    "float32",
    "float64",
]
if (
    importlib.util.find_spec("synloom.report") is None
):  # the package that writes reports is made beside this one
    NAMES.remove("report")

MEMBERS = {
    "Population": "clear compute_firing_rate coordinates_from_rank disable enable get load neuron neurons"
    " normalized_coordinates_from_rank rank_from_coordinates refractory reset save set size_in_bytes sum",
    "Projection": "connect_one_to_one connect_all_to_all connect_fixed_probability connect_fixed_number_pre"
    " connect_fixed_number_post connect_gaussian connect_dog connect_with_func connect_from_matrix"
    " connect_from_sparse connect_from_matrix_market connect_from_file connectivity_matrix dendrite dendrites"
    " disable_learning enable_learning get set load save nb_synapses nb_synapses_per_dendrite nb_efferent_synapses"
    " post_ranks receptive_fields reset save_connectivity size size_in_bytes start_creating start_pruning"
    " stop_creating stop_pruning synapse update_launch_config",
    "Dendrite": "create_synapse create_synapses prune_synapse prune_synapses receptive_field get set synapses size"
    " pre_ranks",
    "Monitor": "start pause resume stop reset get times save histogram mean_fr population_rate smoothed_rate"
    " raster_plot inter_spike_interval coefficient_of_variation",
}


def listed(name: str) -> list[str]:
    """The rows of a name: what they say."""
    return re.findall(rf"^\| \[`{name}`\]\([\w.-]+\.md\) \| (.+) \|$", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_table(name: str) -> None:
    assert name in sl.__all__
    assert inspect.getdoc(getattr(sl, name))
    assert len(listed(name)) == 1


@pytest.mark.parametrize("owner", sorted(MEMBERS))
def test_methods_of_the_table(owner: str) -> None:
    paragraph = re.search(
        rf"^\[`{owner}`\]\([\w.-]+\): (.+?)(?:\n\n|\Z)", REFERENCE, re.MULTILINE | re.DOTALL
    )
    assert paragraph is not None
    for name in MEMBERS[owner].split():
        assert inspect.getdoc(getattr(getattr(sl, owner), name)), name
        assert f"`{name}`" in paragraph[1], name


def test_the_page_lists_nothing_that_there_is_not() -> None:
    names = re.findall(r"^\| \[`(\w+)`\]", REFERENCE, re.MULTILINE)
    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(sl, name) and name != "report"] == []
    for owner, text in re.findall(
        r"^\[`(\w+)`\]\([\w.-]+\): (.+?)(?:\n\n|\Z)", REFERENCE, re.MULTILINE | re.DOTALL
    ):
        missing = [name for name in re.findall(r"`(\w+)`", text) if not hasattr(getattr(sl, owner), name)]
        assert missing == [], owner


def test_methods_of_networks_are_all_listed() -> None:
    public = {name for name, _ in inspect.getmembers(sl.Network) if not name.startswith("_")}
    public -= {
        "everything",
        "build",
        "compiled",
        "ir",
        "plan",
        "options",
        "precision",
        "real",
        "rng",
        "spawn_rng",
    }
    text = re.search(r"^\[`Network`\]\([\w.-]+\): (.+?)(?:\n\n|\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert text is not None
    assert public - set(re.findall(r"`(\w+)`", text[1])) <= {"to_steps", "duration_steps", "id", "mro"}


def test_star_import_gives_all_names() -> None:
    space: dict[str, object] = {}
    exec("from synloom import *", space)
    assert set(NAMES) <= space.keys()
    assert space["PopulationView"] is sl.PopulationView and space["get_constant"] is sl.get_constant
    assert isinstance(sl.__version__, str) and isinstance(sl.__release__, str)
