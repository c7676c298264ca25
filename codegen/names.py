"""Names in generated C++: the user's own wherever C++ allows it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

# Words of C++ that Python lets through, macros of the headers in use, and names the templates use themselves.
TAKEN = frozenset(
    [
        "alignas",
        "alignof",
        "and_eq",
        "asm",
        "auto",
        "bitand",
        "bitor",
        "bool",
        "case",
        "catch",
        "char",
        "char16_t",
        "char32_t",
        "char8_t",
        "co_await",
        "co_return",
        "co_yield",
        "compl",
        "concept",
        "const",
        "const_cast",
        "consteval",
        "constexpr",
        "constinit",
        "decltype",
        "default",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "enum",
        "explicit",
        "export",
        "extern",
        "float",
        "friend",
        "goto",
        "inline",
        "int",
        "long",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not_eq",
        "nullptr",
        "operator",
        "or_eq",
        "private",
        "protected",
        "public",
        "register",
        "reinterpret_cast",
        "requires",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "template",
        "this",
        "thread_local",
        "throw",
        "typedef",
        "typeid",
        "typename",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "wchar_t",
        "xor",
        "xor_eq",
        "NULL",
        "EOF",
        "NAN",
        "INFINITY",
        "HUGE_VAL",
        "errno",
        "assert",
        "linux",
        "unix",
        "main",
        "std",
        "synloom",
        "self",
        "clock",
        "column",
        "rank",
        "at",
        "learn",
        "draw",
        "draws",
        "drawn",
        "block",
        "i",
        "j",
        "s",
        "each",
        "gather",
        "fetch",
        "forward",
        "backward",
        "total",
        "count",
        "user",
        "DelayLine",
        "Sum",
        "Max",
        "Min",
        "Clock",
        "Index",
        "Dense",
        "Csr",
        "Column",
        "Draws",
        "synapse_element",
        "Drawn",
        "Block",
    ]
)


def cpp_name(name: str) -> str:
    """``name`` as an identifier of C++ that clashes with nothing: ``new`` -> ``new_``, Greek letters by code."""
    ascii_name = "".join(c if c.isascii() else f"u{ord(c):04x}" for c in name)
    ascii_name = re.sub(r"\W", "_", ascii_name)
    if ascii_name[:1].isdigit():
        ascii_name = "_" + ascii_name
    if ascii_name in TAKEN or keyword.iskeyword(ascii_name):
        return ascii_name + "_"
    return ascii_name


def unique_names(names: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """A C++ name for each object, different for different objects."""
    used = set(reserved)
    chosen: dict[str, str] = {}
    for name in names:
        candidate = stem = re.sub(r"_+", "_", cpp_name(name)).strip("_") or "object"
        if candidate[0].isdigit():
            candidate = stem = f"n{stem}"
        if candidate in TAKEN:
            candidate = stem = f"{stem}_"
        number = 2
        while candidate in used:
            candidate = f"{stem}_{number}"
            number += 1
        used.add(candidate)
        chosen[name] = candidate
    return chosen
