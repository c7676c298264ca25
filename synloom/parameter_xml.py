"""Parameters in XML, as scripts of old wrote them (spec 03, section 7.5)."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from synloom.archive import SavedFileError

Filename = str | os.PathLike[str]


def load_parameter(file: Filename | Sequence[Filename]) -> dict[str, Any]:
    """The entries ``<parameter><name>tau</name><value>10.0</value></parameter>`` of one or several XML files.

    Deprecated: :func:`load_parameters` reads JSON, and sets the parameters.

    Parameters
    ----------
    file : path or list of paths
        Of several values of one name the last counts.

    Returns
    -------
    dict
        Values by name: int, float or bool where they look like one, else texts.

    Raises
    ------
    SavedFileError
        A file that is missing, is no XML, or declares a document type or entities.
    """
    warnings.warn("load_parameter() is deprecated, use load_parameters().", DeprecationWarning, stacklevel=2)
    paths = [file] if isinstance(file, str | os.PathLike) else list(file)
    found: dict[str, Any] = {}
    for path in map(Path, paths):
        found |= _Reader(path).run()
    return found


class _Reader:
    """Collects the entries of one file. Nothing that a file declares is expanded: declarations are refused."""

    def __init__(self, path: Path) -> None:
        from xml.parsers.expat import ParserCreate

        self.path, self.found = path, dict[str, Any]()
        self.entry: dict[str, str] | None = None  # of the <parameter> that is open
        self.field = ""  # the element of it that is open
        self.parser = ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def run(self) -> dict[str, Any]:
        from xml.parsers.expat import ExpatError

        try:
            self.parser.Parse(self.path.read_bytes(), True)
        except FileNotFoundError:
            raise SavedFileError(f"There is no file '{self.path}'.") from None
        except (ExpatError, OSError) as error:
            raise SavedFileError(f"'{self.path}' is no XML file: {error}.") from None
        return self.found

    def _refuse(self, *_: object) -> NoReturn:
        raise SavedFileError(
            f"'{self.path}' declares a document type or entities, which parameters do not need."
        )

    def _start(self, name: str, _: object) -> None:
        if name == "parameter":
            self.entry = {}
        elif self.entry is not None and name in ("name", "value"):
            self.field = name
            self.entry[name] = ""

    def _text(self, text: str) -> None:
        if self.entry is not None and self.field:
            self.entry[self.field] += text

    def _end(self, name: str) -> None:
        if name == self.field:
            self.field = ""
        if name == "parameter" and self.entry is not None:
            if not self.entry.get("name", "").strip() or "value" not in self.entry:
                line = self.parser.CurrentLineNumber
                raise SavedFileError(f"'{self.path}', line {line}: a parameter needs a name and a value.")
            self.found[self.entry["name"].strip()] = _value(self.entry["value"].strip())
            self.entry = None


def _value(text: str) -> Any:
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
