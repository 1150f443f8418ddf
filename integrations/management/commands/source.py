"""`manage.py source add | list | mode | rotate | replay`: the ears from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.actors import Actor
from integrations import selectors, services
from integrations.models import Delivery, Source

COMMAND = Actor("system", "command", "manage.py source", "command")
PUBLIC = ("base_url", "organization", "project", "account", "poll_since")


class Command(BaseCommand):
    """Sets up and looks after sources of signals."""

    help = "Set up sources (webhooks and polling), list and switch them, replay deliveries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The five verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="set up a source and print the path of its hook")
        add.add_argument("kind")
        add.add_argument("name")
        add.add_argument("--secret", default="", help="made up and printed once when left out")
        add.add_argument("--title", default="")
        for name in PUBLIC:
            add.add_argument(f"--{name.replace('_', '-')}", default="")
        add.add_argument("--api-token", default="", help="lets the poller read the source's API")
        add.add_argument("--mode", default=Source.Mode.LIVE, choices=Source.Mode.values)
        add.add_argument("--expected-every-min", type=int, default=0, help="minutes of silence; 0: as learned")
        verbs.add_parser("list", help="every source and how it is")
        mode = verbs.add_parser("mode", help="switch a source")
        mode.add_argument("source", help="KIND/NAME")
        mode.add_argument("mode", choices=Source.Mode.values)
        rotate = verbs.add_parser("rotate", help="change the secret")
        rotate.add_argument("source", help="KIND/NAME")
        rotate.add_argument("--secret", default="", help="made up and printed once when left out")
        rotate.add_argument("--grace-hours", type=int, default=24, help="how long the previous secret stays valid")
        replay = verbs.add_parser("replay", help="translate a delivery again")
        replay.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Does the verb; what cannot be done is said in one sentence."""
        verbs = {
            "add": self._add,
            "list": self._list,
            "mode": self._mode,
            "rotate": self._rotate,
            "replay": self._replay,
        }
        try:
            verbs[options["verb"]](options)
        except (services.BadSource, services.NotReplayable) as error:
            raise CommandError(str(error)) from error

    def _add(self, options: dict[str, Any]) -> None:
        secret = options["secret"] or services.new_secret(options["kind"])
        source = services.create_source(
            kind=options["kind"],
            name=options["name"],
            secret=secret,
            title=options["title"],
            settings={name: options[name] for name in PUBLIC if options[name]},
            api_token=options["api_token"],
            mode=options["mode"],
            expected_every_min=options["expected_every_min"],
            actor=COMMAND,
            now=clock.now(),
        )
        self.stdout.write(selectors.hook_path(source))
        self._show_made_up(options, secret)

    def _show_made_up(self, options: dict[str, Any], secret: str) -> None:
        if not options["secret"]:
            self.stdout.write(f"secret (shown this once): {secret}")

    def _list(self, options: dict[str, Any]) -> None:
        for health in selectors.source_health(now=clock.now()):
            seen = health.last_seen_at.isoformat(timespec="seconds") if health.last_seen_at else "never"
            self.stdout.write(
                f"{health.source}  {health.source.mode}  last {seen}  {health.last_hour}/h  waiting {health.waiting}"
                f"  flagged {health.flagged}  dead {health.dead}  refused {health.source.refused_count}"
                + (f"  poll: {health.source.last_poll_error}" if health.source.last_poll_error else "")
            )

    def _mode(self, options: dict[str, Any]) -> None:
        source = services.set_mode(
            source=_find(options["source"]), mode=options["mode"], actor=COMMAND, now=clock.now()
        )
        self.stdout.write(f"{source}: {source.mode}")

    def _rotate(self, options: dict[str, Any]) -> None:
        row = _find(options["source"])
        secret = options["secret"] or services.new_secret(row.kind)
        source = services.rotate_secret(
            source=row,
            secret=secret,
            actor=COMMAND,
            now=clock.now(),
            grace=timedelta(hours=options["grace_hours"]),
        )
        self.stdout.write(f"{source}: the previous secret stays valid for {options['grace_hours']} hours")
        self._show_made_up(options, secret)

    def _replay(self, options: dict[str, Any]) -> None:
        try:
            delivery = Delivery.objects.get(pk=options["id"])
        except Delivery.DoesNotExist as error:
            raise CommandError(f"no delivery {options['id']}") from error
        services.replay(delivery=delivery, actor=COMMAND, now=clock.now())
        self.stdout.write(f"delivery {delivery.pk} waits to be translated again")


def _find(key: str) -> Source:
    kind, _, name = key.partition("/")
    try:
        return Source.objects.get(kind=kind, name=name)
    except Source.DoesNotExist as error:
        raise CommandError(f"no source {key}; `source list` shows them") from error
