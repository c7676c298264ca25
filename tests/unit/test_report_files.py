"""``report()``: how it is called, which files it writes, and what it refuses."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jinja2 import meta

import synloom as sl
from synloom.report import report as report_by_module
from synloom.report.collect import collect
from synloom.report.html import render_html
from synloom.report.render import DOCUMENTS, environment
from synloom.report.write import FORMATS
from tests.arch.test_templates import violations
from tests.unit.report_networks import HOSTILE, hostile, rate_coded, spiking

pytestmark = pytest.mark.usefixtures("fresh")
FOLDER = Path(sl.__file__).parent / "report"


def default_network() -> None:
    sl.Population(3, sl.Neuron(equations="r = 1.0"), name="by default")


# -- calls ---------------------------------------------------------------------------------------------------


def test_a_file_name_comes_first_as_in_4_8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    default_network()
    sl.report("a.md", True, False, "A title", "Ada", "1843")
    text = (tmp_path / "a.md").read_text()
    assert "by default" in text and 'title: "A title"\nauthor: "Ada"\ndate: "1843"\n' in text
    sl.report()
    assert "by default" in (tmp_path / "report.tex").read_text()
    sl.report(filename=Path("b.md"), title="B")
    assert 'title: "B"' in (tmp_path / "b.md").read_text()


def test_a_network_comes_first_as_in_5_0(tmp_path: Path) -> None:
    default_network()
    net = rate_coded()
    net.report(tmp_path / "method.md")
    expected = (tmp_path / "method.md").read_text()
    assert "pixels" in expected and "by default" not in expected
    sl.report(net, tmp_path / "a.md")
    sl.report(net, filename=tmp_path / "b.md")
    sl.report(network=net, filename=tmp_path / "c.md")
    sl.report(tmp_path / "d.md", network=net)
    sl.report(tmp_path / "e.md", net_id=net.id)
    report_by_module(tmp_path / "f.md", network=net)
    sl.report.report(str(tmp_path / "g.md"), network=net)  # type: ignore[attr-defined]
    for name in "abcdefg":
        assert (tmp_path / f"{name}.md").read_text() == expected


def test_options_of_the_method(tmp_path: Path) -> None:
    net = rate_coded()
    net.report(tmp_path / "a.tex", standalone=False)
    assert r"\documentclass" not in (tmp_path / "a.tex").read_text()
    net.report(tmp_path / "a.html", title="T", author="A", date="D")
    assert "<title>T</title>" in (tmp_path / "a.html").read_text()
    assert '<p class="by">A D</p>' in (tmp_path / "a.html").read_text()


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(sl.ConfigurationError, match=r"is given a file name or a Network, not 3\."):
        sl.report(3)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="unexpected keyword argument 'titel'"):
        sl.report("a.md", titel="x")  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.tex.gz"])
def test_other_suffixes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(sl.ConfigurationError) as caught:
        sl.report(tmp_path / name)
    assert str(caught.value) == (
        f"report(): '{tmp_path / name}' has no suffix that says what to write: .tex, .md, .qmd, .html or .json.\n"
        "hint: report('report.md') is Markdown, report('report.tex') LaTeX"
    )
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made_and_one_line_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net, path = rate_coded(), tmp_path / "new" / "folder" / "report.md"
    sl.setup(suppress_warnings=False)
    capsys.readouterr()
    net.report(path)
    assert capsys.readouterr().out == f"INFO: Report of the network written to {path}.\n"
    assert os.listdir(path.parent) == ["report.md"]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(sl.ConfigurationError, match="can not be written: no space left"):
        rate_coded().report(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.md"]


@pytest.mark.needs_compiler
@pytest.mark.parametrize("describe", [rate_coded, spiking])
def test_a_compiled_network_is_told_in_the_same_words(describe: object, tmp_path: Path) -> None:
    net = describe()  # type: ignore[operator]
    net.report(tmp_path / "before.md")
    net.compile()
    net.simulate(5.0)
    net.report(tmp_path / "after.md")
    assert (tmp_path / "after.md").read_text() == (tmp_path / "before.md").read_text()
    net.report(tmp_path / "after.json")
    assert json.loads((tmp_path / "after.json").read_text())["compiled"] is True


# -- formats -------------------------------------------------------------------------------------------------


def test_every_format_is_written(tmp_path: Path) -> None:
    net = spiking()
    for suffix in FORMATS:
        net.report(tmp_path / f"report{suffix}")
        assert "noise" in (tmp_path / f"report{suffix}").read_text(encoding="utf-8")
    assert (tmp_path / "report.qmd").read_text() == (tmp_path / "report.md").read_text()
    net.report(tmp_path / "REPORT.MD")
    assert (tmp_path / "REPORT.MD").read_text() == (tmp_path / "report.md").read_text()


def test_json(tmp_path: Path) -> None:
    rate_coded().report(tmp_path / "report.json", date="today")
    tree = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (tree["format"], tree["version_of_format"], tree["date"]) == ("synloom report", 1, "today")
    assert (tree["dt"], tree["backend"], tree["precision"]) == ("0.5", "default", "double")
    assert [p["name"] for p in tree["populations"]] == ["pixels", "features"]
    assert tree["populations"][0]["values"] == [{"name": "x", "symbol": "x", "value": "[0, 0.5]"}]
    assert tree["projections"][0]["pattern"] == r"All-to-All, weights $\mathcal{U}$(0.0, 1.0), delays 2.0"
    assert tree["projections"][1]["shares"] == "ff"
    equation = tree["neurons"][1]["equations"][2]
    assert equation["init"] == "0"
    assert equation["bounds"] == [["min", "0"], ["max", r"\text{gain}_{\text{max}}"]]
    assert equation["formula"].startswith(r"r(t) = \begin{cases} \text{squash}")
    assert tree["neurons"][0]["spike"] is None


class Page(HTMLParser):
    """Tags that are open, and whatever would need a network or run a program."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        if tag in ("script", "link", "img", "iframe") or any(
            n in ("src", "href", "onload") for n, _ in attributes
        ):
            self.wrong.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("describe", [rate_coded, spiking, hostile])
def test_html_is_one_closed_page(describe: object) -> None:
    text = render_html(collect(describe()))  # type: ignore[operator]
    page = Page()
    page.feed(text)
    assert (page.open, page.wrong) == ([], [])
    body = text[text.index("<body>") : text.index("</body>") + len("</body>")]
    assert len(list(ElementTree.fromstring(body).iter("math"))) > 3  # well-formed even for XML
    assert "http" not in text


def test_html_shows_hostile_names_as_they_are() -> None:
    page = Page()
    page.feed(render_html(collect(hostile(), title=f"<b>{HOSTILE}")))
    assert f"a {HOSTILE}" in page.text
    assert page.text.count(f"<b>{HOSTILE}") == 2


# -- the package ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.__name__)
def test_templates_decide_nothing_and_use_exactly_their_context(document: type) -> None:
    path = FOLDER / document.TEMPLATE  # type: ignore[attr-defined]
    source = path.read_text(encoding="utf-8")
    assert violations(source) == []
    used = meta.find_undeclared_variables(environment().parse(source))
    assert used == {f.name for f in fields(document)}


def test_every_template_has_a_context() -> None:
    assert {p.name for p in FOLDER.glob("*.j2")} == {d.TEMPLATE for d in DOCUMENTS}


def test_nothing_of_it_is_imported_before_it_is_called(tmp_path: Path) -> None:
    script = (
        "import sys, synloom as sl\n"
        "early = [m for m in sys.modules if m.startswith('synloom.report.') or m == 'jinja2']\n"
        "assert early == [], early\n"
        "sl.report('x.md')\n"
        "assert callable(sl.report) and 'synloom.report.write' in sys.modules\n"
        "sl.report('x.html')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"INFO: Report of the network written to x.{s}." for s in ("md", "html")
    ]


def test_the_function_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(sl.report)) is sl.report
