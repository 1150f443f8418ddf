"""People name an incident by its last digits; without an index that reads every record."""

from django.db import migrations, models
from django.db.models.functions import Right


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_alert_opened_at")]
    operations = [
        migrations.AddIndex("incident", models.Index(Right("number", 7), name="incident_by_tail")),
    ]
