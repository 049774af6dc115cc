"""Any appointment book in a SQL database, by queries that stand in a file: see docs/appointment-books.md."""
