"""People and the roles they hold (P-1.1), teams, schools and modules, and the keys programs use."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("de", "Deutsch"), ("en", "English")]


def in_language(german: str, english: str) -> str:
    """Of two names the one in the language of whoever reads."""
    return english if (get_language() or "de").startswith("en") else german


class Person(AbstractUser):
    """Somebody who works with the system."""

    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    language = models.CharField(_("Sprache"), max_length=2, choices=LANGUAGES, default="de")
    absent_until = models.DateTimeField(_("Abwesend bis"), null=True, blank=True)
    reach = models.JSONField(
        default=dict, blank=True, help_text="Chosen channels and quiet hours: notifications.rules.reach."
    )

    class Meta:
        ordering = ["last_name", "first_name", "username"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name others see."""
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        """Two letters for an avatar."""
        return "".join(word[0] for word in self.display_name.split()[:2]).upper()


class RoleHolding(models.Model):
    """A person holds a role of the process document (P-1.1). `rank` orders who is called first."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    role = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once_per_person")]
        indexes = [models.Index(fields=["role", "rank"], name="holding_by_role")]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class Team(models.Model):
    """A group that holds incidents. `role` is the process role its members act in."""

    key = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return in_language(self.name_de, self.name_en)


class School(models.Model):
    """A customer. Its canton decides on public holidays (P-9.2), with its kind and city on the law it stands under."""

    class LegalKind(models.TextChoices):
        """What a school is in the eyes of data-protection law (§7)."""

        PUBLIC = "public", _("Öffentliche Schule")
        PRIVATE = "private", _("Private Schule")
        PRIVATE_MANDATE = "private_mandate", _("Private Schule mit öffentlichem Auftrag")
        EU_EEA = "eu_eea", _("Schule in EU oder EWR")

    name = models.CharField(max_length=160, unique=True)
    canton = models.CharField(max_length=2, blank=True, help_text="Empty only in the EU or EEA.")
    city = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="de", help_text="Of messages to the school.")
    project_manager = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    legal_kind = models.CharField(
        max_length=20, blank=True, choices=LegalKind.choices, help_text="Empty: nobody has found out yet."
    )
    legal_note = models.CharField(max_length=500, blank=True, help_text="What the legal kind rests on.")
    privacy_email = models.EmailField(blank=True, help_text="For data-protection notices; empty: `email`.")
    privacy_phone = models.CharField(
        max_length=40, blank=True, help_text="Where the code of a notice is told; empty: `phone`."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Module(models.Model):
    """A part of the product that may be affected (§3)."""

    key = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name_de"]

    def __str__(self) -> str:
        return in_language(self.name_de, self.name_en)


class ApiKey(models.Model):
    """A program's key. Only its SHA-256 is stored; `prefix` lets people tell keys apart."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
