"""The documents say what is so: links lead somewhere, and names are those that the code knows."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from booking_portal.embedded import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FOLDER_ROW = re.compile(r"^\| `(?P<folder>\w+)/` \|", re.MULTILINE)
LAYERS = re.compile(r"^(?:\w+ → )+\w+$", re.MULTILINE)
VARIABLE = re.compile(r"`([A-Z][A-Z_]+)`")
# What runs a command sets these itself.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "DEMO_PASSWORD"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links_in(document: Path) -> list[str]:
    text = CODE.sub("", document.read_text(encoding="utf-8"))
    targets = [found["target"] for found in LINK.finditer(text)]
    return [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]


def headings_of(document: Path) -> set[str]:
    """The anchors that forges make out of the headings."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def leads_somewhere(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    found = (document.parent / path).resolve() if path else document
    if not found.exists() or not found.is_relative_to(ROOT):
        return False
    return not anchor or anchor in headings_of(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_document_links_to_what_exists(document: Path) -> None:
    broken = [target for target in links_in(document) if not leads_somewhere(document, target)]

    assert broken == []


def test_decisions_are_all_listed() -> None:
    decisions = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}

    assert set(links_in(ROOT / "docs/decisions/README.md")) == decisions


def variables_read_by_settings() -> set[str]:
    """The first argument of every call of a method of ``env``."""
    tree = ast.parse(text_of("booking_portal/settings.py"))
    return {name for node in ast.walk(tree) if (name := variable_read_by(node))}


def variable_read_by(node: ast.AST) -> str | None:
    """The name in ``env.str("NAME", …)``; None for whatever else."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=str(name)), *_]):
            return name
    return None


def variables_read_by_programs() -> set[str]:
    """What is read from the environment past the settings."""
    sources = [*ROOT.glob("booking_portal/**/*.py"), *ROOT.glob("agent/**/*.py"), *ROOT.glob("bin/*.py")]
    read = re.compile(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"")
    found = {name for source in sources for name in read.findall(source.read_text(encoding="utf-8"))}
    return found - INTERNAL


def tables_of_variables() -> list[set[str]]:
    """For each table of docs/operations.md that begins with variables: their names."""
    tables: list[set[str]] = [set()]
    for line in text_of("docs/operations.md").splitlines():
        if not line.startswith("|"):
            tables.append(set())
        elif names := VARIABLE.findall(line.split("|")[1]):
            tables[-1].update(names)
    return [table for table in tables if table][:3]


def test_operations_name_every_variable_of_the_settings() -> None:
    settings, _, _ = tables_of_variables()

    assert settings == variables_read_by_settings()


def test_operations_name_every_variable_of_the_programs() -> None:
    settings, programs, _ = tables_of_variables()

    assert programs == variables_read_by_programs() - settings


def test_operations_name_every_variable_of_the_containers() -> None:
    _, _, containers = tables_of_variables()

    assert containers == set(re.findall(r"^#? ?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE))


def test_architecture_names_every_folder_of_code() -> None:
    named = set(FOLDER_ROW.findall(text_of("docs/architecture.md")))

    assert named == set(tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["root_packages"])
    assert [folder for folder in named if not (ROOT / folder / "__init__.py").exists()] == []


def test_architecture_names_the_layers_that_the_linter_holds() -> None:
    (layers,) = LAYERS.findall(text_of("docs/architecture.md"))
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (held,) = [contract["layers"] for contract in contracts if contract["name"] == "Apps import one way"]

    assert layers.split(" → ") == held


def test_drawing_and_guide_name_the_same_layers() -> None:
    drawn = re.sub(r"<[^>]+>|\s", "", text_of("docs/architecture.svg"))
    (layers,) = LAYERS.findall(text_of("docs/architecture.md"))

    assert layers.replace(" ", "") in drawn
    assert f"`{layers}`" in text_of("CONTRIBUTING.md")
