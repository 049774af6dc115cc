"""The documented queries for SQL Server, as far as they can be judged without one: what its driver gets."""

import re
from pathlib import Path

import pytest
from sqlalchemy.dialects.mssql import pyodbc

from agent.books.sql.queries import Queries, load_queries

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"^\[(\w+\.\w+)\]\n.*?(?=^\[|^#|\Z)", re.MULTILINE | re.DOTALL)
UNKNOWN_THERE = re.compile(r"FOR UPDATE|RETURNING|LIMIT|SUBSTR\(|\|\|", re.IGNORECASE)


def documented() -> dict[str, str]:
    """The sections that docs/appointment-books.md has for SQL Server, by their names."""
    text = (ROOT / "docs" / "appointment-books.md").read_text(encoding="utf-8")
    block = text.split("otherwise in SQL Server:")[1].split("```toml\n")[1].split("```")[0]
    return {found[1]: found[0] for found in SECTION.finditer(block)}


@pytest.fixture
def queries(tmp_path: Path) -> Queries:
    """The example's file, with what the documentation changes for SQL Server."""
    changed = documented()
    example = (ROOT / "agent" / "examples" / "other-pms.toml").read_text(encoding="utf-8")
    path = tmp_path / "sql-server.toml"
    words = SECTION.sub(lambda found: changed.pop(found[1], found[0]).rstrip() + "\n\n", example)
    assert changed == {}, "the example has no such section"
    path.write_text(words, encoding="utf-8")
    return load_queries(path)


def test_statements_reach_sql_servers_driver_with_each_parameter_in_its_place(queries: Queries) -> None:
    dialect = pyodbc.dialect(paramstyle="qmark")  # type: ignore[no-untyped-call]

    for query in queries:
        compiled = query.clause.compile(dialect=dialect)
        words = str(compiled)
        assert compiled.positiontup == re.findall(r":(\w+)", query.clause.text), query.name
        assert words.count("?") == len(compiled.positiontup), query.name
        assert not UNKNOWN_THERE.search(words), query.name


def test_the_example_itself_is_not_for_sql_server() -> None:
    """The negative control: what is looked for is there."""
    found = load_queries(ROOT / "agent" / "examples" / "other-pms.toml")

    assert {query.name.partition("[")[2] for query in found if UNKNOWN_THERE.search(query.clause.text)} == {
        f"{name}]" for name in documented()
    }
