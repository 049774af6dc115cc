"""Database constraints that Django has no word for."""

from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table


class SameOrganisation(models.BaseConstraint):
    """The row that ``field`` points to belongs to the same organisation as this row.

    A composite foreign key (organisation, field) to (organisation, id) of the target, which needs
    a unique constraint on those two: see ``within_organisation``. One on a nullable field whose rows go
    with their target is ``deferred`` to the commit: Django deletes in no certain order then.
    """

    def __init__(self, *, field: str, name: str, deferred: bool = False) -> None:
        super().__init__(name=name)
        self.field = field
        self.deferred = deferred

    # Django's stubs say str where Django itself passes statements about, hence Any.

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: the target may not stand yet, so it is added afterwards."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        field = model._meta.get_field(self.field)
        target = field.related_model._meta
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) REFERENCES %(target)s"
            "%(deferred)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=f"{quote('organisation_id')}, {quote(field.column)}",
            target=f"{quote(target.db_table)} ({quote('organisation_id')}, {quote('id')})",
            deferred=" DEFERRABLE INITIALLY DEFERRED" if self.deferred else "",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, model: type[models.Model], instance: models.Model, *args: Any, **kwargs: Any) -> None:
        """The database decides; validating here would cost a query and prove nothing."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs["field"] = self.field
        if self.deferred:
            kwargs["deferred"] = True
        return path, tuple(args), kwargs

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameOrganisation):
            return (self.name, self.field, self.deferred) == (other.name, other.field, other.deferred)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.deferred))


def within_organisation(table: str) -> models.UniqueConstraint:
    """The unique pair that SameOrganisation of other tables refers to."""
    return models.UniqueConstraint(fields=["organisation", "id"], name=f"{table}_within_organisation")
