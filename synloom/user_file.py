"""The user's configuration file: which C++ compiler to call, and how (spec 03, section 1.4)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from synloom.codegen.errors import ConfigurationError
from synloom.runtime.options import DEFAULT

# Flags that ANNarchy's code does without, and ours is slow without. What its file says comes behind them.
OUR_FLAGS: Final = "-O3 -fno-math-errno -fno-trapping-math"
# What ANNarchy writes into its file when it is installed: nobody chose that.
PEER_DEFAULTS: Final = {"compiler": ("g++", "clang++"), "flags": ("-march=native -O2",)}


class UserFile(NamedTuple):
    """What a file says about builds; ``DEFAULT`` where it says nothing."""

    compiler: str = DEFAULT
    flags: str = DEFAULT
    path: Path | None = None


def user_file(given: str | os.PathLike[str] = "") -> UserFile:
    """The file that was named, else ``synloom/synloom.json`` of the user's configuration folder.

    Where there is none, the file of ANNarchy is taken, which looks the same; what that simulator put into it by itself
    counts as not said, and its flags come behind ours. A file need not say everything.

    Raises
    ------
    ConfigurationError
        The named file is missing, or a file is no JSON of the right form.
    """
    if given:
        path = Path(given)
        if not path.is_file():
            raise ConfigurationError(f"There is no configuration file '{path}'.")
        return _read(path)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    own, peer = home / "synloom" / "synloom.json", home / "ANNarchy" / "annarchy.json"
    if own.is_file():
        return _read(own)
    return _chosen(_read(peer)) if peer.is_file() else UserFile()


def _chosen(found: UserFile) -> UserFile:
    """What a user wrote into the file of ANNarchy."""
    compiler = DEFAULT if found.compiler in PEER_DEFAULTS["compiler"] else found.compiler
    flags = DEFAULT if found.flags in (DEFAULT, *PEER_DEFAULTS["flags"]) else f"{OUR_FLAGS} {found.flags}"
    return UserFile(compiler, flags, found.path)


def _read(path: Path) -> UserFile:
    try:
        tree = json.loads(path.read_bytes().decode())
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"The configuration file '{path}' can not be read: {error}.") from None
    section = _table(path, tree, "openmp")
    return UserFile(_text(path, section, "compiler"), _text(path, section, "flags"), path)


def _table(path: Path, tree: Any, key: str) -> dict[str, Any]:
    section = tree.get(key, {}) if isinstance(tree, dict) else None
    if not isinstance(section, dict):
        raise ConfigurationError(
            f"The configuration file '{path}' has another form.",
            hint='{"openmp": {"compiler": "g++", "flags": "-march=native -O3"}}',
        )
    return section


def _text(path: Path, section: dict[str, Any], key: str) -> str:
    value = section.get(key, DEFAULT)
    if not isinstance(value, str):
        raise ConfigurationError(f"The configuration file '{path}': {key} must be a text, not {value!r}.")
    return value.strip() or DEFAULT
