"""The people, teams and schools of the demo. All invented, and named so that nobody can take them for real."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "demo"  # noqa: S105 -- printed on the screen, and refused in production
LOGINS = ("support", "dev", "lead", "dpo", "it", "pm", "board", "admin")
SECRETS = {"sentry": "demo-sentry-secret", "uptime-robot": "demo-uptime-robot-token"}
SOURCE_NAME = "main"


class Player(NamedTuple):
    """Somebody of the company. Lower ranks are called first."""

    username: str
    first: str
    last: str
    role: str
    rank: int = 10
    language: str = "de"


PLAYERS = (
    Player("support", "Sina", "Muster", "support", 1),
    Player("selma", "Selma", "Beispiel", "support"),
    Player("silas", "Silas", "Vorlage", "support"),
    Player("samir", "Samir", "Platzhalter", "support"),
    Player("dev", "Devi", "Erfunden", "development", 1),
    Player("dario", "Dario", "Erdacht", "development"),
    Player("dunja", "Dunja", "Fiktiv", "development"),
    Player("diego", "Diego", "Attrappe", "development", language="en"),
    Player("lead", "Lea", "Leitbeispiel", "head_of_development", 1),
    Player("luca", "Luca", "Stellvertretung", "head_of_development"),
    Player("dpo", "Dora", "Schutzmuster", "dpo", 1),
    Player("damian", "Damian", "Geheimnis", "dpo"),
    Player("it", "Ivo", "Technikus", "it_manager", 1),
    Player("admin", "Ada", "Allmacht", "it_manager"),
    Player("pm", "Pia", "Projektlein", "project_manager", 1),
    Player("petra", "Petra", "Planspiel", "project_manager"),
    Player("patrik", "Patrik", "Pflichtenheft", "project_manager"),
    Player("board", "Bea", "Geschäftig", "executive_board", 1),
    Player("beat", "Beat", "Vorsitzlein", "executive_board"),
)
BY_ROLE = {
    role: tuple(player.username for player in PLAYERS if player.role == role) for role in {p.role for p in PLAYERS}
}
ABSENT = "samir"
ON_CALL = {
    "support": (("selma", "support", "silas", "samir"),),
    "development": (("dario", "dev", "dunja", "diego"), ("diego", "dunja")),
}
"""Role → layers of its rota from the bottom up. The first of a layer had last week, the second has this one."""
STANDS_IN = "dario"
TEAM_SEATS = {
    "owner_data_protection": ("dpo", "damian"),
    "owner_it": ("it", "admin"),
    "head_of_development": ("lead", "luca"),
    "developer_1": ("dev", "dunja"),
    "developer_2": ("dario", "diego"),
    "project_manager_development": ("pm", "petra"),
}
"""Seats of the Major Incident Team (§6.2), each with its holder and the deputy."""


class TeamOf(NamedTuple):
    """A team acts in one role."""

    role: str
    german: str
    english: str


TEAMS = (
    TeamOf("support", "Support", "Support"),
    TeamOf("development", "Entwicklung", "Development"),
    TeamOf("head_of_development", "Leitung Entwicklung", "Head of Development"),
    TeamOf("project_manager", "Projektmanagement", "Project management"),
    TeamOf("executive_board", "Geschäftsleitung", "Executive board"),
)


class Place(NamedTuple):
    """A school: a customer. `site` is its invented domain below .example."""

    name: str
    canton: str
    city: str
    site: str
    project_manager: str
    box: str = "sekretariat"
    legal_kind: str = "public"


SCHOOLS = (
    Place("Primarschule Musterwil", "ZH", "Musterwil", "musterwil", "pm"),
    Place("Sekundarschule Oberbeispiel", "ZH", "Oberbeispiel", "oberbeispiel", "pm"),
    Place("Schule Niederprobikon", "ZH", "Winterthur", "niederprobikon", "petra"),
    Place("Tagesschule Testlingen", "ZH", "Testlingen", "testlingen", "petra", legal_kind="private"),
    Place("Kreisschule Seemuster", "ZH", "Zürich", "seemuster", "patrik"),
    Place("Volksschule Beispielburg", "BE", "Beispielburg", "beispielburg", "pm"),
    Place("Schulen Vorlagenthal", "BE", "Vorlagenthal", "vorlagenthal", "patrik"),
    Place("Oberstufe Hinterfiktiv", "BE", "Hinterfiktiv", "hinterfiktiv", "petra"),
    Place("Kreisschule Mittelmuster", "AG", "Mittelmuster", "mittelmuster", "pm"),
    Place("Schule Probenstadt", "AG", "Probenstadt", "probenstadt", "petra", legal_kind=""),
    Place("Primarschule Erdachtwil", "SG", "Erdachtwil", "erdachtwil", "patrik"),
    Place("Oberstufenzentrum Fiktivberg", "SG", "Fiktivberg", "fiktivberg", "pm"),
    Place("Gemeindeschule Luftschloss", "LU", "Luftschloss", "luftschloss", "petra"),
    Place("Schulzentrum Attrappenmatt", "LU", "Attrappenmatt", "attrappenmatt", "patrik"),
    Place("Volksschulgemeinde Irgendwil", "TG", "Irgendwil", "irgendwil", "pm"),
    Place("Schule Nirgendingen", "", "Vaduz", "nirgendingen", "petra", legal_kind="eu_eea"),
    Place("Schulverband Musterklus", "GR", "Musterklus", "musterklus", "patrik"),
    Place("Primarschule Scheinbach", "SO", "Scheinbach", "scheinbach", "pm"),
    Place("Schule Dummylingen", "BL", "Dummylingen", "dummylingen", "petra", legal_kind="private_mandate"),
    Place("Quartierschule Rheinmuster", "BS", "Rheinmuster", "rheinmuster", "patrik"),
    Place("Schulen Beispielzug", "ZG", "Beispielzug", "beispielzug", "pm"),
    Place("École Exempleville", "VD", "Exempleville", "exempleville", "petra", "secretariat"),
    Place("Cercle scolaire de Fictivens", "FR", "Fictivens", "fictivens", "patrik", "secretariat"),
    Place("Scuola Esempiago", "TI", "Esempiago", "esempiago", "pm", "segreteria"),
)

FIRST_NAMES = (
    "Anja", "Bruno", "Carla", "Dominik", "Eliane", "Fabio", "Gisela", "Hannah", "Ilir", "Jasmin", "Kaspar", "Livia",
    "Mario", "Nora", "Olivier", "Priska", "Reto", "Sandra", "Thierry", "Ursina", "Vera", "Yves",
)  # fmt: skip
LAST_NAMES = (
    "Mustermann", "Beispieler", "Exempel", "Fiktiva", "Erfindlich", "Platzhalterin", "Vorlagner", "Testperson",
    "Niemand", "Irgendwer", "Probeweise", "Scheinbar",
)  # fmt: skip
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "è": "e"})
