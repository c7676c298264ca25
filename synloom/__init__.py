"""synloom: a compiler toolchain for neural networks.

Describe populations of neurons and the projections between them, equations as text; ``compile()`` turns them
into a native extension that runs the network. A projection and its transpose share one weight array.
"""

from numpy import float32, float64

from synloom import command_line as _command_line
from synloom.archive import SavedFileError
from synloom.callbacks import every
from synloom.codegen.errors import (
    ANNarchyException,
    CodegenError,
    CompilationError,
    ConfigurationError,
    ModelError,
    NotCompiledError,
    SynloomError,
)
from synloom.compiler import Build
from synloom.config import setup
from synloom.connect.lil import CSR, LILConnectivity
from synloom.constant import Constant, get_constant
from synloom.dendrite import Dendrite, IndividualSynapse
from synloom.errors import NumericsError
from synloom.forms import Creating, Parameter, Pruning, Variable
from synloom.function import add_function, functions
from synloom.individual import IndividualNeuron
from synloom.inputs import (
    CurrentInjection,
    DecodingProjection,
    HomogeneousCorrelatedSpikeTrains,
    InputArray,
    PoissonPopulation,
    SpikeSourceArray,
    TimedArray,
    TimedPoissonPopulation,
)
from synloom.memory import _cpp_memory_footprint, memory_footprint
from synloom.models import (
    IBCM,
    STDP,
    STP,
    DefaultRateCodedSynapse,
    DefaultSpikingSynapse,
    EIF_cond_alpha_isfa_ista,
    EIF_cond_exp_isfa_ista,
    GIF_curr,
    GIF_curr_exp,
    Hebb,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_exp,
    Izhikevich,
    LeakyIntegrator,
    Oja,
    list_standard_neurons,
    list_standard_synapses,
)
from synloom.monitor import Monitor
from synloom.monitor_file import MonitorList
from synloom.network import Network
from synloom.neuron import Neuron
from synloom.parallel import parallel_run
from synloom.parameter_xml import load_parameter
from synloom.population import Population
from synloom.profiling import check_profile_results, profile, timeit
from synloom.projection import Projection
from synloom.random import (
    Binomial,
    DiscreteUniform,
    Exponential,
    Gamma,
    LogNormal,
    Normal,
    RandomDistribution,
    Uniform,
)
from synloom.recording import Recording, read_recording
from synloom.report import report
from synloom.sparse import sparse_delays_from_weights, sparse_random_matrix
from synloom.spike_statistics import (
    coefficient_of_variation,
    histogram,
    inter_spike_interval,
    mean_fr,
    population_rate,
    raster_plot,
    smoothed_rate,
)
from synloom.synapse import Synapse
from synloom.toplevel import (
    callbacks_enabled,
    clear,
    clear_all_callbacks,
    compile,
    disable_callbacks,
    disable_learning,
    dt,
    enable_callbacks,
    enable_learning,
    get_current_step,
    get_population,
    get_projection,
    get_time,
    load,
    load_parameters,
    magic_network,
    monitors,
    populations,
    projections,
    reset,
    save,
    save_parameters,
    set_current_step,
    set_seed,
    set_time,
    simulate,
    simulate_until,
    sources,
    step,
)
from synloom.transpose import Transpose
from synloom.version import __release__, __version__
from synloom.view import PopulationView

__all__ = [
    "CSR",
    "IBCM",
    "STDP",
    "STP",
    "ANNarchyException",
    "Binomial",
    "Build",
    "CodegenError",
    "CompilationError",
    "ConfigurationError",
    "Constant",
    "Creating",
    "CurrentInjection",
    "DecodingProjection",
    "DefaultRateCodedSynapse",
    "DefaultSpikingSynapse",
    "Dendrite",
    "DiscreteUniform",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "Exponential",
    "GIF_curr",
    "GIF_curr_exp",
    "Gamma",
    "HH_cond_exp",
    "Hebb",
    "HomogeneousCorrelatedSpikeTrains",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_exp",
    "IndividualNeuron",
    "IndividualSynapse",
    "InputArray",
    "Izhikevich",
    "LILConnectivity",
    "LeakyIntegrator",
    "LogNormal",
    "ModelError",
    "Monitor",
    "MonitorList",
    "Network",
    "Neuron",
    "Normal",
    "NotCompiledError",
    "Oja",
    "Parameter",
    "NumericsError",
    "PoissonPopulation",
    "Population",
    "PopulationView",
    "Projection",
    "Pruning",
    "Recording",
    "RandomDistribution",
    "SavedFileError",
    "SpikeSourceArray",
    "Synapse",
    "SynloomError",
    "TimedArray",
    "TimedPoissonPopulation",
    "Transpose",
    "Uniform",
    "Variable",
    "__release__",
    "__version__",
    "_cpp_memory_footprint",
    "add_function",
    "callbacks_enabled",
    "check_profile_results",
    "clear",
    "clear_all_callbacks",
    "coefficient_of_variation",
    "compile",
    "disable_callbacks",
    "disable_learning",
    "dt",
    "enable_callbacks",
    "enable_learning",
    "every",
    "float32",
    "float64",
    "functions",
    "get_constant",
    "get_current_step",
    "get_population",
    "get_projection",
    "get_time",
    "histogram",
    "inter_spike_interval",
    "list_standard_neurons",
    "list_standard_synapses",
    "load",
    "load_parameter",
    "load_parameters",
    "magic_network",
    "mean_fr",
    "memory_footprint",
    "monitors",
    "parallel_run",
    "population_rate",
    "populations",
    "profile",
    "projections",
    "raster_plot",
    "read_recording",
    "report",
    "reset",
    "save",
    "save_parameters",
    "set_current_step",
    "set_seed",
    "set_time",
    "setup",
    "simulate",
    "simulate_until",
    "smoothed_rate",
    "sources",
    "sparse_delays_from_weights",
    "sparse_random_matrix",
    "step",
    "timeit",
]

_command_line.read_at_import()
