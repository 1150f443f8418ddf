"""The record of §3 and what hangs on it. Constraints repeat what the verbs guarantee; nothing here has consequences."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from directory.models import Module, Person, School, Team
from incidents.rules.states import FINAL, OPEN, Status
from process.models import ProcessVersion

TAIL = 7
"""Characters at the end of a number by which people name an incident: a hyphen and six digits, or seven digits."""
OPEN_VALUES = [state.value for state in OPEN]
FINAL_VALUES = [state.value for state in FINAL]


class Impact(models.TextChoices):
    """Impact and urgency share these levels (P-4.1, P-4.2)."""

    HIGH = "high", _("Hoch")
    MEDIUM = "medium", _("Mittel")
    LOW = "low", _("Niedrig")


class PriorityChoice(models.TextChoices):
    """The four priorities of the matrix (P-4.3)."""

    CRITICAL = "critical", _("Kritisch")
    HIGH = "high", _("Hoch")
    MEDIUM = "medium", _("Mittel")
    LOW = "low", _("Niedrig")


class StatusChoice(models.TextChoices):
    """States as people read them."""

    NEW = Status.NEW.value, _("Neu")
    IN_PROGRESS = Status.IN_PROGRESS.value, _("In Bearbeitung")
    ON_HOLD = Status.ON_HOLD.value, _("Wartend")
    RESOLVED = Status.RESOLVED.value, _("Gelöst")
    CLOSED = Status.CLOSED.value, _("Geschlossen")
    CANCELLED = Status.CANCELLED.value, _("Storniert")


class Incident(models.Model):
    """The incident record (P-3.1). `version` counts changes and guards against lost updates."""

    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=12, choices=StatusChoice.choices, default=StatusChoice.NEW)
    version = models.PositiveIntegerField(default=1)
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="+")

    channel = models.CharField(max_length=40)
    service_desk_agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reporter_name = models.CharField(max_length=160, blank=True)
    reporter_email = models.EmailField(blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    feedback_channel = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=160)
    symptom = models.TextField()
    module = models.ForeignKey(Module, null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=40)

    urgency = models.CharField(max_length=6, choices=Impact.choices)
    impact = models.CharField(max_length=6, choices=Impact.choices)
    urgency_criteria = models.JSONField(default=list)
    impact_criteria = models.JSONField(default=list)
    priority = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_computed = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_rank = models.PositiveSmallIntegerField()
    priority_override_reason = models.CharField(max_length=500, blank=True)
    priority_override_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    priority_override_at = models.DateTimeField(null=True)

    is_major = models.BooleanField(default=False)
    major_state = models.CharField(
        max_length=12, blank=True, help_text="'' | candidate | declared | rejected | demoted"
    )
    major_trigger = models.CharField(max_length=40, blank=True)
    is_flood = models.BooleanField(default=False, help_text="Parent of a storm of alerts.")

    functional_level = models.PositiveSmallIntegerField(default=1)
    management_level = models.PositiveSmallIntegerField(default=1)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    pending_reason = models.CharField(max_length=40, blank=True)
    pending_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, help_text="Earliest due instant of a running clock; sorts queues.")

    resolution = models.TextField(blank=True)
    closure_code = models.CharField(max_length=40, blank=True)
    customer_feedback = models.TextField(blank=True)
    customer_satisfaction = models.CharField(max_length=24, blank=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)

    reported_at = models.DateTimeField()
    created_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    auto_close_at = models.DateTimeField(null=True, help_text="When a resolved incident closes by rule.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reported_at__lte=F("created_at")), name="reported_before_created"),
            models.CheckConstraint(
                condition=Q(status__in=["resolved", "closed"], resolved_at__isnull=False)
                | Q(status__in=[*OPEN_VALUES, "cancelled"], resolved_at__isnull=True),
                name="resolved_at_while_resolved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FINAL_VALUES, closed_at__isnull=False)
                | (~Q(status__in=FINAL_VALUES) & Q(closed_at__isnull=True)),
                name="closed_at_while_final",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["resolved", "closed"]) | (~Q(closure_code="") & ~Q(resolution="")),
                name="resolution_needs_code_and_text",
            ),
            models.CheckConstraint(
                condition=Q(status="on_hold") & ~Q(pending_reason="") | ~Q(status="on_hold") & Q(pending_reason=""),
                name="pending_reason_while_on_hold",
            ),
            models.CheckConstraint(
                condition=Q(priority_override_at__isnull=True, priority=F("priority_computed"))
                | (Q(priority_override_at__isnull=False) & ~Q(priority_override_reason="")),
                name="override_has_reason",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="version_counts_from_one"),
        ]
        indexes = [
            models.Index(
                fields=["priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_queue",
            ),
            models.Index(
                fields=["assignee", "priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_mine",
            ),
            models.Index(
                fields=["team", "priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_team",
            ),
            models.Index(fields=["-reported_at", "-id"], name="incident_by_report"),
            models.Index(fields=["status", "-id"], name="incident_by_status"),
            models.Index(Right("number", TAIL), name="incident_by_tail"),
            models.Index(
                fields=["pending_until"], condition=Q(pending_until__isnull=False), name="incident_pending_until"
            ),
            models.Index(
                fields=["auto_close_at"], condition=Q(auto_close_at__isnull=False), name="incident_auto_close"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def level_on(self, chain: str) -> int:
        """The level it stands on, of the chain `functional` or `management` (P-5.3)."""
        return int(getattr(self, f"{chain}_level"))


class PriorityProposal(models.Model):
    """A lower priority that waits for a second person (R8). It stands until somebody decides or it has no more object.

    What was decided stands in the log; here there is one open proposal per incident at most.
    """

    incident = models.OneToOneField(
        Incident, primary_key=True, on_delete=models.CASCADE, related_name="priority_proposal"
    )
    urgency = models.CharField(max_length=6, choices=Impact.choices)
    impact = models.CharField(max_length=6, choices=Impact.choices)
    urgency_criteria = models.JSONField(default=list)
    impact_criteria = models.JSONField(default=list)
    priority = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_computed = models.CharField(max_length=8, choices=PriorityChoice.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason")]

    def __str__(self) -> str:
        return f"{self.incident_id} → {self.priority}"


class Review(models.Model):
    """The post-incident review that a major owes (P-6.3, P-10.2). What was decided and learnt comes into it later."""

    class State(models.TextChoices):
        """Whether it was held."""

        OWED = "owed", _("Geschuldet")
        DONE = "done", _("Durchgeführt")

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="review")
    state = models.CharField(max_length=4, choices=State.choices, default=State.OWED)
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    owed_since = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="owed", done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                name="review_done_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"


class DutyDone(models.Model):
    """A duty of a level (P-5.1, P-5.2) that somebody has ticked. Unticked, the row goes; the log keeps both.

    Apart from the record, so that a tick is no new version of it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    chain = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "chain", "level", "key"], name="duty_done_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.chain} {self.level} {self.key}"


class Consultation(models.Model):
    """A question to a role that §14 consults on a task (P-14.1), and its answer once somebody of the role gave one."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="consultations")
    task = models.CharField(max_length=40, help_text="A row of §14.")
    role = models.CharField(max_length=40)
    question = models.ForeignKey("Comment", on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.ForeignKey("Comment", null=True, on_delete=models.CASCADE, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=None, answered_by=None, answered_at=None)
                | Q(answer__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="consultation_answered_whole",
            ),
        ]
        indexes = [models.Index(fields=["role", "id"], condition=Q(answered_at=None), name="consultation_open")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.task}: {self.role}"


class SearchDocument(models.Model):
    """What full-text search reads of an incident. Apart from the record, so that moves do not touch GIN indexes."""

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(help_text="Folded: case and accents removed.")
    vector = models.GeneratedField(
        expression=SearchVector("text", config="german") + SearchVector("text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="search_vector"),
            GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="search_trigram"),
        ]

    def __str__(self) -> str:
        return f"search #{self.pk}"


class SearchWord(models.Model):
    """A word that stands in some document: what a mistyped one may have meant.

    Not unique on purpose: two transactions that learn the same words must not wait for each other. Few are doubled.
    """

    word = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigram"),
        ]

    def __str__(self) -> str:
        return self.word


class Contact(models.Model):
    """Anything that reached the service desk, whatever its channel (P-2.1). Never deleted, always re-classifiable."""

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new", _("Neu")
        HANDED_ON = "handed_on", _("Weitergegeben")
        INCIDENT = "incident", _("Incident")
        ANSWERED = "answered", _("Beantwortet")

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=40)
    kind = models.CharField(max_length=24, blank=True, help_text="Empty until classified (P-2.2).")
    reporter_name = models.CharField(max_length=160, blank=True)
    reporter_email = models.EmailField(blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    feedback_channel = models.CharField(max_length=40, blank=True)
    callback_wanted = models.BooleanField(default=False)
    subject = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    handed_to = models.CharField(max_length=40, blank=True, help_text="Role that answers it.")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="contacts")
    source_key = models.CharField(max_length=255, null=True, unique=True, help_text="Idempotency key of a source.")
    received_at = models.DateTimeField()
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="new", kind="") | (~Q(state="new") & ~Q(kind="")), name="classified_has_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state="incident") | Q(incident__isnull=False), name="incident_contact_has_incident"
            ),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], condition=Q(state="new"), name="contact_inbox"),
            models.Index(fields=["state", "-id"], name="contact_by_state"),
        ]

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """A directed link between records (§3)."""

    class Kind(models.TextChoices):
        """`source` … `target`."""

        DUPLICATE = "duplicate", _("Duplikat von")
        CAUSED_BY = "caused_by", _("Verursacht durch")
        RELATED = "related", _("Verwandt mit")
        CHILD = "child", _("Untergeordnet zu")

    source = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Comment(models.Model):
    """A note among staff or a message to or from the reporter. Erasable; its event keeps only id and digest."""

    class Kind(models.TextChoices):
        """Who may read it."""

        NOTE = "note", _("Interne Notiz")
        OUT = "message_out", _("Nachricht an Meldende")
        IN = "message_in", _("Nachricht von Meldenden")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.TextField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["incident", "id"], name="comment_by_incident")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Attachment(models.Model):
    """A file kept outside the web root, served only as a download through the permission check."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=160)
    stored_name = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """What a source keeps telling under one fingerprint. Counting lives here: a storm does not touch incidents."""

    class State(models.TextChoices):
        """As the source last said."""

        FIRING = "firing", _("Aktiv")
        CLEARED = "cleared", _("Behoben")
        MUTED = "muted", _("Stumm")

    fingerprint = models.CharField(max_length=255, unique=True)
    source = models.CharField(max_length=80, help_text="kind/name of the source")
    state = models.CharField(max_length=8, choices=State.choices)
    title = models.CharField(max_length=160)
    url = models.CharField(max_length=1000, blank=True)
    severity = models.CharField(max_length=8)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="alerts")
    count = models.PositiveBigIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="Observation time of the newest state applied; older ones do not move it.")
    opened_at = models.DateTimeField(
        null=True, help_text="When it last opened an incident; counts for the flood guard."
    )
    changes = models.JSONField(default=list, help_text="Instants of the latest state changes, for the flap guard.")
    is_flapping = models.BooleanField(default=False)
    resolve_at = models.DateTimeField(null=True, help_text="When a recovery resolves the incident by rule.")

    class Meta:
        indexes = [
            models.Index(fields=["resolve_at"], condition=Q(resolve_at__isnull=False), name="alert_resolve_at"),
            models.Index(fields=["source", "opened_at"], name="alert_by_opening"),
            models.Index(fields=["incident"], name="alert_by_incident"),
        ]

    def __str__(self) -> str:
        return self.fingerprint


class SavedView(models.Model):
    """A named filter of the incident list."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name
