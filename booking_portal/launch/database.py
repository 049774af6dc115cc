"""What the launcher asks the database itself, without loading the portal."""

from typing import LiteralString

import psycopg
from psycopg import sql


class Database:
    """The portal's database, of which the launcher knows a few tables."""

    def __init__(self, url: str) -> None:
        self.url = url

    def description(self) -> str | None:
        """The comment on the database: the fingerprint of the migrations that were applied to it."""
        rows = self.rows(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        )
        return rows[0] if rows else None

    def describe(self, description: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(
                sql.SQL("comment on database {} is {}").format(
                    sql.Identifier(connection.info.dbname), sql.Literal(description)
                )
            )

    def subdomains(self) -> set[str]:
        """The subdomains of the organisations that exist."""
        return set(self.rows("select subdomain from clinics_organisation"))

    def subdomains_with_slots(self) -> set[str]:
        """Those of them whose agents have brought free time."""
        return set(
            self.rows(
                "select subdomain from clinics_organisation o"
                " where exists (select from scheduling_slot s where s.organisation_id = o.id)"
            )
        )

    def subdomains_with_welcome(self) -> set[str]:
        """Those of them that have been furnished with texts."""
        return set(
            self.rows(
                "select subdomain from clinics_organisation o"
                " where exists (select from clinics_portaltext t where t.organisation_id = o.id)"
            )
        )

    def subdomains_with_bookings(self) -> set[str]:
        """Those of them for which anything has ever been booked."""
        return set(
            self.rows(
                "select subdomain from clinics_organisation o where exists (select from scheduling_booking b"
                " where b.organisation_id = o.id and b.booked_at is not null)"
            )
        )

    def rows(self, query: LiteralString) -> list[str]:
        with psycopg.connect(self.url) as connection:
            return [row[0] for row in connection.execute(query)]
