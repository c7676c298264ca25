"""``load_parameter``: parameters in XML (spec 03, section 7.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

import synloom as sl

ENTRY = "<parameter><name>{}</name><value>{}</value></parameter>"


def write(path: Path, *entries: tuple[str, str]) -> Path:
    text = "\n".join(ENTRY.format(*entry) for entry in entries)
    path.write_text(f'<?xml version="1.0"?>\n<database>\n{text}\n</database>')
    return path


def test_values_by_name_the_last_one_counts(tmp_path: Path) -> None:
    first = write(
        tmp_path / "a.xml", ("tau", "10.0"), ("n", "3"), ("on", "True"), ("kind", " rate &amp; spike ")
    )
    second = write(tmp_path / "b.xml", ("tau", "1e-3"))
    with pytest.warns(DeprecationWarning, match="use load_parameters"):
        assert sl.load_parameter(first) == {"tau": 10.0, "n": 3, "on": True, "kind": "rate & spike"}
    with pytest.warns(DeprecationWarning):
        found = sl.load_parameter([first, str(second)])
    assert found["tau"] == 1e-3 and type(found["n"]) is int


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><d><parameter><name>x</name><value>&j;</value></parameter></d>"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "declares a document type or entities"),
        ('<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "declares a document type or entities"),
        ("<d><parameter>", "is no XML file: no element found"),
        ("not at all", "is no XML file: syntax error"),
        ("<d>\n<parameter><value>1</value></parameter></d>", "line 2: a parameter needs a name and a value"),
        ("<d>\n\n<parameter><name>x</name></parameter></d>", "line 3: a parameter needs a name and a value"),
        (
            "<d><parameter><name>x</name><value>&undeclared;</value></parameter></d>",
            "is no XML file: undefined entity",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_files_of_another_form_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.xml"
    path.write_text(text)
    with pytest.raises(sl.SavedFileError, match=message):
        sl.load_parameter(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_missing_file_is_named_and_depth_is_no_matter(tmp_path: Path) -> None:
    with pytest.raises(sl.SavedFileError, match="There is no file '.*none.xml'"):
        sl.load_parameter(tmp_path / "none.xml")
    deep = tmp_path / "deep.xml"
    deep.write_text("<d>" * 50_000 + ENTRY.format("x", "1") + "</d>" * 50_000)
    assert sl.load_parameter(deep) == {"x": 1}
