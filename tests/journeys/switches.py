"""An organisation's settings, changed from outside as its console would."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from tests.journeys.portal import Portal

_OF = sql.SQL("from clinics_organisation o where o.id = s.organisation_id and o.subdomain = %s")


@contextmanager
def chosen(portal: Portal, subdomain: str, **switches: object) -> Iterator[None]:
    """While inside, the organisation has chosen so; afterwards it is as it was."""
    columns = sql.SQL(", ").join(map(sql.Identifier, switches))
    with psycopg.connect(portal.database_url, autocommit=True, row_factory=dict_row) as connection:
        asked = sql.SQL("select {} from clinics_organisationsettings s join clinics_organisation o")
        by_name = sql.SQL("on o.id = s.organisation_id where o.subdomain = %s")
        before = connection.execute(asked.format(columns) + sql.SQL(" ") + by_name, [subdomain]).fetchone()
        assert before is not None
        write(connection, subdomain, switches)
        try:
            yield
        finally:
            write(connection, subdomain, before)


def write(
    connection: "psycopg.Connection[dict[str, object]]", subdomain: str, values: dict[str, object]
) -> None:
    parts = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values]
    begin = sql.SQL("update clinics_organisationsettings s set {} ").format(sql.SQL(", ").join(parts))
    assert connection.execute(begin + _OF, [*values.values(), subdomain]).rowcount == 1
