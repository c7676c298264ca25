"""The command line of user scripts (spec 03, section 1.5): ``python script.py -j 4 --prec float``.

It is read when synloom is imported, and once more by ``compile()``, since a script may change ``sys.argv``. Only
whole words are looked at: what is no option of ours is left to the script, whatever it looks like.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from synloom import config, messages
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.record import record

HOSTS: Final = ("pytest", "ipykernel", "IPython")  # programs whose command line is their own
NO_FILE: Final = ("", "-", "-c", "-m")  # what stands in place of a script


@record
class CommandLine:
    """What the command line asks of ``compile()``; all else went into the options."""

    clean: bool = False
    debug: bool = False
    report: str | None = None
    profile: bool = False
    profile_out: str | None = None
    trace: str | None = None


@record
class Option:
    """One option: its words, what it sets, and what stands after it."""

    words: tuple[str, ...]
    sets: str
    about: str
    value: str = ""  # how --help calls its value; without, it takes none
    read: Callable[[str], Any] = str
    optional: bool = False  # whether the value may be missing; only --word=value gives it


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no integer") from None


def _integers(text: str) -> list[int]:
    return [_integer(part) for part in text.split(",")]


def _moment(text: str) -> str:
    if text not in ("init", "simulate", "both"):
        raise ConfigurationError(f"choose init, simulate or both, not {text!r}")
    return text


SETTINGS: Final = (  # read at import
    Option(("-j", "--num-threads"), "num_threads", "number of threads", "N", _integer),
    Option(("--visible-cores",), "visible_cores", "cores that threads are pinned to", "A,B,C", _integers),
    Option(("--auto-tuning",), "auto_tuning", "choose storage formats automatically"),
    Option(
        ("--gpu",), "gpu", "run on a GPU: refused, networks run on the CPU", "ID", _integer, optional=True
    ),
    Option(("-v", "--verbose"), "verbose", "show each step of the work"),
    Option(("--prec",), "precision", "precision: double or float", "X"),
)
OF_COMPILE: Final = (  # read by compile()
    Option(("-c", "--clean"), "clean", "compile everything again"),
    Option(("-d", "--debug"), "debug", "compile with debug information"),
    Option(("--report",), "report", "write a report (.md or .tex) after compiling", "FILE"),
    Option(("--profile",), "profile", "measure where the time goes"),
    Option(("--profile-out",), "profile_out", "folder for the measurements", "DIR"),
    Option(("--trace",), "trace", "log calls of the kernels: init, simulate or both", "WHEN", _moment),
)
HELP: Final = Option(("--help",), "help", "show this list, and end")


def command_line_is_ours() -> bool:
    """Whether the arguments of the process are those of a script of the user.

    They are not in tests and notebooks, not with ``SYNLOOM_NO_ARGPARSE=1``, and not where an installed program runs:
    its file is of the Python installation, or of synloom.
    """
    if os.environ.get("SYNLOOM_NO_ARGPARSE") == "1" or any(host in sys.modules for host in HOSTS):
        return False
    return bool(sys.argv) and sys.argv[0] not in NO_FILE and not _installed(Path(sys.argv[0]))


def _installed(program: Path) -> bool:
    import sysconfig

    found = program.resolve()
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    trees = [Path(__file__).parent, *(Path(paths[name]) for name in names)]
    # site-packages of other places, too: the user's own, or those of Debian
    packages = {"site-packages", "dist-packages"} & set(found.parts)
    if packages or any(found.is_relative_to(tree.resolve()) for tree in trees):
        return True
    commands = {Path(paths["scripts"]), Path(sys.executable).parent, Path("/usr/bin")}
    return found.parent in {folder.resolve() for folder in commands}


def is_worker() -> bool:
    """Whether this process was started by another one, with a copy of its arguments."""
    multiprocessing = sys.modules.get("multiprocessing")
    return multiprocessing is not None and multiprocessing.parent_process() is not None


def read_at_import() -> None:
    """Apply what the script was started with. Does nothing, and imports nothing, where there are no options."""
    if any(word.startswith("-") for word in sys.argv[1:]):
        read_command_line(sys.argv[1:])


def asked_of_compile() -> CommandLine:
    """What the command line, as it is now, asks of ``compile()``; nothing in processes that others started."""
    if not any(word.startswith("-") for word in sys.argv[1:]) or is_worker() or not command_line_is_ours():
        return CommandLine()
    found, _ = _scan(sys.argv[1:])
    return _of_compile(found)


def read_command_line(argv: Sequence[str]) -> CommandLine:
    """Apply the options among the arguments ``argv`` of a script, without the script's own name.

    Unknown arguments are left to the script. What is found here wins over later calls of ``setup()``. Returns
    at once where :func:`command_line_is_ours` says no.

    Raises
    ------
    ConfigurationError
        An option without its value, or with one it does not take.
    SystemExit
        ``--help`` was among them.
    """
    if not command_line_is_ours():
        return CommandLine()
    found, unknown = _scan(argv)
    if "help" in found and not is_worker():
        print(help_text())
        raise SystemExit(0)
    _apply(found)
    if unknown:
        messages.debug(f"Arguments left to the script: {' '.join(unknown)}")
    return _of_compile(found)


def _apply(found: dict[str, Any]) -> None:
    if "gpu" in found:
        raise _wrong("--gpu: networks run on the CPU, leave it out")
    settings = {option.sets: found[option.sets] for option in SETTINGS if option.sets in found}
    if settings.pop("auto_tuning", False):
        settings |= {"sparse_matrix_format": "auto", "sparse_matrix_storage_order": "auto"}
    try:
        config.pin(settings)
    except ConfigurationError as error:  # what it says of setup() holds for the option
        option = next(o for o in SETTINGS if f"({o.sets}=" in error.message)
        raise _wrong(f"{option.words[-1]}: {error.message.partition('): ')[2].rstrip('.')}") from None


def _of_compile(found: dict[str, Any]) -> CommandLine:
    return CommandLine(**{o.sets: found[o.sets] for o in OF_COMPILE if o.sets in found})


def _scan(argv: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """What our options among the words say, and the other words."""
    known = {word: option for option in (*SETTINGS, *OF_COMPILE, HELP) for word in option.words}
    found: dict[str, Any] = {}
    unknown: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":  # the rest is the script's own
            unknown += words
            break
        name, given, text = word.partition("=")
        option = known.get(name if name.startswith("--") else word) or _joined(word, known)
        if option is None:
            unknown.append(word)
        elif not option.value:
            found[option.sets] = _flag(option, name, given)
        else:
            attached = text if given else word[2:] if word not in known else None
            found[option.sets] = _value(option, name, attached, words)
    return found, unknown


def _joined(word: str, known: dict[str, Option]) -> Option | None:
    """``-j4``."""
    option = known.get(word[:2])
    return option if option is not None and option.value and word[2:].isdigit() else None


def _flag(option: Option, word: str, given: str) -> bool:
    if given:
        raise _wrong(f"{word} takes no value")
    return True


def _value(option: Option, word: str, attached: str | None, words: Iterator[str]) -> Any:
    if option.optional:
        return None if attached is None else _read(option, word, attached)
    text = next(words, None) if attached is None else attached
    if text is None or (attached is None and text.startswith("-") and not text[1:2].isdigit()):
        raise _wrong(f"{word} needs a value ({option.value}: {option.about})")
    return _read(option, word, text)


def _read(option: Option, word: str, text: str) -> Any:
    try:
        return option.read(text)
    except ConfigurationError as error:
        raise _wrong(f"{word}: {error.message}") from None


def _wrong(text: str) -> ConfigurationError:
    return ConfigurationError(
        f"Command line: {text}.",
        hint="--help lists the options of synloom; SYNLOOM_NO_ARGPARSE=1 leaves all of them to the script.",
    )


def help_text() -> str:
    """What ``--help`` prints."""
    lines = ["Options of synloom in this script; all others are left to it.", ""]
    for option in (*SETTINGS, *OF_COMPILE, HELP):
        value = f"[={option.value}]" if option.optional else f" {option.value}" if option.value else ""
        lines.append(f"  {', '.join(option.words) + value:<26} {option.about}")
    return "\n".join([*lines, "", "With SYNLOOM_NO_ARGPARSE=1 in the environment none of them is read."])
