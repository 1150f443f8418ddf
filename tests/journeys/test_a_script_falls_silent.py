"""A script pings by curl and by our client, stops, and an incident stands; it pings again, and it is over."""

from __future__ import annotations

import importlib.util
import subprocess
from datetime import timedelta
from typing import Any

import pytest

from heartbeats.models import Heartbeat, Ping
from incidents.models import Alert, Incident
from lifecycle import heartbeat_care
from process.selectors import current_document
from tests.journeys.house import ROOT, House, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def curl(url: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = ["curl", "-fsS", "-m", "10", "--retry", "5", *more, url]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def client() -> Any:
    """The file people copy, loaded as they would from beside their script."""
    spec = importlib.util.spec_from_file_location("escola_watch", ROOT / "clients/escola_watch/escola_watch.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_silence_of_a_script_is_an_incident_until_it_speaks_again(house: House, company: Any) -> None:
    facts = {"name": "Backup", "period_s": 3600, "grace_s": 300}
    row = heartbeat_care.create(facts, by=company.by("it"), now=house.at)
    house.start("web", "worker")
    url = f"{house.url}/ping/{row.key}"

    assert curl(f"{url}/start").stdout == "OK"
    assert curl(url, "--data-raw", "14 Tabellen").stdout == "OK"
    assert curl(f"{house.url}/ping/00000000-0000-4000-8000-000000000000").returncode == 22
    assert Ping.objects.order_by("-n")[0].body == "14 Tabellen"
    assert Heartbeat.objects.get().status == "up"

    house.advance(minutes=4)
    for _quarter in range(15):
        house.advance(minutes=4)
    assert not Incident.objects.exists(), "it is late, not missing"
    house.advance(minutes=2)
    incident = wait_until(lambda: Incident.objects.first(), what="silence opened an incident")
    assert incident.title == "Heartbeat «Backup» hat sich nicht gemeldet"

    assert curl(url).stdout == "OK"
    wait_until(lambda: Alert.objects.get().state == "cleared", what="the ping rang the sweeper")
    grace = current_document()[1].monitoring.resolve_after_min
    house.advance(minutes=grace)
    wait_until(lambda: Incident.objects.get().status == "resolved", what="resolved by rule")


def test_the_client_tells_start_success_and_failure_and_never_gets_in_the_way(
    house: House, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"name": "Import", "period_s": 3600, "grace_s": 300}
    row = heartbeat_care.create(facts, by=company.by("it"), now=house.at)
    house.start("web", "worker")
    watch = client()
    monkeypatch.setenv("ESCOLA_WATCH_NIGHT_IMPORT", f"{house.url}/ping/{row.key}")

    @watch.watched("night import")  # type: ignore[untyped-decorator]  # loaded from its file
    def work(rows: int) -> int:
        """Imports."""
        if rows < 0:
            raise ValueError("kein Platz")
        return rows

    assert (work(3), work.__name__, work.__doc__) == (3, "work", "Imports.")
    with pytest.raises(ValueError, match="kein Platz"):
        work(-1)
    with watch.watched("night import"):
        pass
    pings = list(Ping.objects.order_by("n"))
    assert [ping.action for ping in pings] == ["start", "success", "start", "fail", "start", "success"]
    assert pings[0].run == pings[1].run != pings[2].run
    assert "ValueError: kein Platz" in pings[3].body
    assert wait_until(lambda: Incident.objects.first(), what="the failure opened an incident")

    # nobody there, a wrong address, no address: the job goes on
    house.kill("web")
    quick = {"timeout": 0.5, "tries": 2}
    for url in (f"{house.url}/ping/{row.key}", "no address at all", "http://127.0.0.1:1/\x00", None):
        assert watch.watched("x", url=url, **quick)(lambda: 7)() == 7
    assert watch.ping(timedelta, **quick) is False
