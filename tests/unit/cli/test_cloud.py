"""`posdevkit cloud`: every action, its exit code and its JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.blocking import CloudClient
from posdevkit.cli.main import main
from posdevkit.cloud import CloudEvent
from posdevkit.runtime.subscription import Subscription
from posdevkit.store import DeadLetters, Store
from tests.unit.cloud.facts import products, sold
from tests.unit.cloud.played import TOKEN, Play, PlayedCloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedCloud]:
    monkeypatch.setenv("POSDEVKIT_CLOUD_TOKEN", TOKEN)
    with PlayedCloud() as played:
        yield played


@pytest.fixture
def store(tmp_path: Path) -> str:
    sold(tmp_path / "till.db", 3)
    return str(tmp_path / "till.db")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_push_pull_and_status(store: str, cloud: PlayedCloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cloud", "status", "--store", store]) == 0
    out = capsys.readouterr().out
    assert out.startswith("unknown: 3 facts pending (")
    assert "last success: never" in out
    assert main(["cloud", "push", "--store", store, "--url", cloud.url]) == 0
    assert capsys.readouterr().out == "3 facts sent, 0 pending, 0 dead letters.\n"
    assert len(cloud.stored) == 3
    cloud.changes = products([1, 2])
    assert main(["cloud", "pull", "--store", store, "--url", cloud.url, "--json"]) == 0
    assert lines(capsys) == [{"ok": True, "changes": 2, "cursor": 2}]
    assert main(["cloud", "status", "--store", store, "--json"]) == 0
    (status,) = lines(capsys)
    assert (status["state"], status["pending"], status["cursor"]) == ("online", 0, 2)


def test_trouble_is_told_with_its_remedy(
    store: str, cloud: PlayedCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.pushes.append(Play(200, b"<html>", "text/html"))
    assert main(["cloud", "push", "--store", store, "--url", cloud.url]) == 3
    assert "the network may ask you to sign in" in capsys.readouterr().err
    (tmp_path / "token").write_text("wrong\n")
    words = ["cloud", "push", "--store", store, "--url", cloud.url, "--token-file", str(tmp_path / "token"), "--json"]
    assert main(words) == 3
    (told,) = lines(capsys)
    assert isinstance(error := told["error"], dict)
    assert error["slug"] == "cloud-unauthorised"
    assert main(["cloud", "status", "--store", store]) == 0
    out = capsys.readouterr().out
    assert out.startswith("unauthorised: 3 facts pending")
    assert "Give the till a new token" in out


def test_dead_letters_wait_for_a_person(store: str, cloud: PlayedCloud, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--store", store]
    assert main(["cloud", "dead-letters", *common]) == 0
    connection = Store(store)
    with connection.reading() as reading:
        identifiers = [row[0] for row in reading.execute("SELECT fact_id FROM outbox ORDER BY number")]
    connection.close()
    cloud.refuses = {identifiers[0]: "bad-fact", identifiers[2]: "not-yours"}
    assert main(["cloud", "push", *common, "--url", cloud.url, "--json"]) == 1
    (told,) = lines(capsys)
    assert (told["sent"], told["refused"], told["dead_letters"]) == (1, 2, 2)
    assert main(["cloud", "dead-letters", "list", *common, "--json"]) == 1
    assert [(one["id"], one["code"]) for one in lines(capsys)] == [
        (identifiers[0], "bad-fact"),
        (identifiers[2], "not-yours"),
    ]
    assert main(["cloud", "dead-letters", "retry", identifiers[0], *common]) == 0
    assert main(["cloud", "dead-letters", "retry", identifiers[0], *common]) == 2
    discard = ["cloud", "dead-letters", "discard", identifiers[2], *common, "--by", "Bo", "--reason"]
    assert main([*discard, ""]) == 2
    assert main([*discard, "a test sale"]) == 0
    assert main(["cloud", "dead-letters", *common]) == 0
    connection = Store(store)
    with connection.reading() as reading:
        assert [letter.reason for letter in DeadLetters().unjournaled(reading)] == ["a test sale"]
    connection.close()


def test_watch_tells_what_happens(store: str, cloud: PlayedCloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.changes = products([1])
    words = ["cloud", "watch", "--store", store, "--url", cloud.url, "--for", "2"]
    assert main([*words, "--json"]) == 0
    told = lines(capsys)
    assert {"event": "pushed", "facts": 3, "pending": 0} in told
    assert [one["seq"] for one in told if one["event"] == "change"] == [1]
    sold(Path(store), 1)
    cloud.pulls.append(Play(502, b""))
    assert main(words) == 0
    caught = capsys.readouterr()
    assert "1 facts sent, 0 pending" in caught.out
    assert "offline: The cloud cannot take it now: HTTP 502" in caught.out
    assert caught.err.endswith("0 facts pending\n")


def test_watch_tells_from_the_first_on(
    store: str, cloud: PlayedCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe = CloudClient.events

    def late(client: CloudClient) -> Subscription[CloudEvent]:
        time.sleep(0.5)  # as a busy machine may be
        return subscribe(client)

    monkeypatch.setattr(CloudClient, "events", late)
    assert main(["cloud", "watch", "--store", store, "--url", cloud.url, "--for", "2", "--json"]) == 0
    assert {"event": "pushed", "facts": 3, "pending": 0} in lines(capsys)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["push", "--url", "https://x.example"], "--store FILE is missing"),
        (["push", "--url", "https://x.example", "--store", "none.db"], "none.db: no such file"),
        (["push", "--url", "http://x.example", "--store", "STORE"], "would carry the token in clear"),
        (["push", "--url", "https://x.example", "--store", "STORE", "--token-file", "none"], "none: No such file"),
    ],
)
def test_what_is_wrong_is_named(
    words: list[str], told: str, store: str, cloud: PlayedCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cloud", *(store if word == "STORE" else word for word in words)]) == 2
    assert told in capsys.readouterr().err
    assert not Path("none.db").exists()


def test_without_a_token(store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("POSDEVKIT_CLOUD_TOKEN", raising=False)
    assert main(["cloud", "push", "--store", store, "--url", "https://x.example"]) == 2
    assert "--token-file" in capsys.readouterr().err
