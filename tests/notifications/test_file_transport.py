"""The file of JSON lines that stands for sending in the demo."""

import json
import threading
from datetime import datetime
from pathlib import Path

from clinics.models import Organisation
from notifications.models import Message
from notifications.routes import operator_account
from notifications.transports.file.transport import FileTransport, written_messages
from tests.notifications.conftest import Queued

ACCOUNT = operator_account("sms")


def test_line_holds_what_the_demo_promises(
    waiting: Queued, messages_file: Path, organisation: Organisation
) -> None:
    message = waiting(subject="Aihe", body="Hei\nmaailma")

    FileTransport(ACCOUNT).send(message)

    (line,) = messages_file.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert datetime.fromisoformat(entry.pop("at")).tzinfo is not None
    assert entry == {
        "channel": "sms",
        "to": "+358401234567",
        "subject": "Aihe",
        "text": "Hei\nmaailma",
        "organisation": "demoklinikka",
        "id": str(message.public_id),
    }
    assert messages_file.stat().st_mode & 0o777 == 0o600


def test_many_writers_at_once_keep_lines_whole(organisation: Organisation) -> None:
    barrier = threading.Barrier(8)

    def write(number: int) -> None:
        barrier.wait()
        for turn in range(25):
            text = f"{number}:{turn}:" + "ä" * 5000
            FileTransport(ACCOUNT).send(
                Message(organisation=organisation, channel="sms", to="+358", body=text)
            )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    heads = sorted(entry["text"].rstrip("ä") for entry in written_messages())
    assert heads == sorted(f"{number}:{turn}:" for number in range(8) for turn in range(25))


def test_unfinished_line_spoils_no_other(waiting: Queued, messages_file: Path) -> None:
    messages_file.write_bytes(b'{"channel": "sms", "to"')
    message = waiting()

    FileTransport(ACCOUNT).send(message)

    assert [entry["id"] for entry in written_messages()] == [str(message.public_id)]


def test_look_up_finds_only_its_own(waiting: Queued) -> None:
    first, second = waiting(), waiting()
    FileTransport(ACCOUNT).send(first)

    assert FileTransport(ACCOUNT).look_up(first) == [str(first.public_id)]
    assert FileTransport(ACCOUNT).look_up(second) == []


def test_tail_begins_with_a_whole_line(waiting: Queued) -> None:
    for _ in range(20):
        FileTransport(ACCOUNT).send(waiting())

    tail = written_messages(tail=1000)

    assert 0 < len(tail) < 20
    assert tail[-1]["text"] == written_messages()[-1]["text"]
