"""What a catalogue's parts say of each other: every id once, and every reference to something it names."""

from collections.abc import Collection, Iterable, Iterator

from sync_api.problems import InvalidBody, UnknownId
from sync_api.schemas import CatalogueIn

Path = tuple[str | int, ...]
KINDS = ("clinics", "practitioners", "categories", "resources", "treatments")


def require_consistent(catalogue: CatalogueIn) -> None:
    """Raises InvalidBody where an id comes twice, UnknownId where one is referred to and not there."""
    repeated = [(path, "This id has come before.") for path in repeated_ids(catalogue)]
    if repeated:
        raise InvalidBody("Every id may come once.", errors=repeated)
    missing = [
        (path, f"The catalogue names no {kind[:-1]} with this id.") for path, kind in unknown_ids(catalogue)
    ]
    if missing:
        raise UnknownId("The catalogue refers to something that it does not name.", errors=missing)


def repeated_ids(catalogue: CatalogueIn) -> Iterator[Path]:
    for kind in KINDS:
        seen: set[str] = set()
        for index, entry in enumerate(getattr(catalogue, kind)):
            if entry.id in seen:
                yield kind, index, "id"
            seen.add(entry.id)


def unknown_ids(catalogue: CatalogueIn) -> Iterator[tuple[Path, str]]:
    """The place of each reference that leads nowhere, and to what kind it was to lead."""
    named = {kind: {entry.id for entry in getattr(catalogue, kind)} for kind in KINDS}
    for path, kind, name in references(catalogue):
        if name not in named[kind]:
            yield path, "categories" if kind == "categories" else kind


def references(catalogue: CatalogueIn) -> Iterator[tuple[Path, str, str]]:
    """Every reference: where it stands, what kind of thing it is to, and the id."""
    for index, practitioner in enumerate(catalogue.practitioners):
        yield from each("clinics", practitioner.clinics, ("practitioners", index, "clinics"))
    for index, resource in enumerate(catalogue.resources):
        yield ("resources", index, "clinic"), "clinics", resource.clinic
    for index, treatment in enumerate(catalogue.treatments):
        path = ("treatments", index)
        yield (*path, "category"), "categories", treatment.category
        yield from each("resources", treatment.resources, (*path, "resources"))
        yield from each("clinics", treatment.clinics or (), (*path, "clinics"))
        yield from each("practitioners", treatment.practitioners or (), (*path, "practitioners"))


def each(kind: str, names: Collection[str], path: Path) -> Iterable[tuple[Path, str, str]]:
    return (((*path, index), kind, name) for index, name in enumerate(names))
