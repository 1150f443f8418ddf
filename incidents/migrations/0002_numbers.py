"""Sequences behind the numbers people read: unique under any concurrency, never re-used, gaps allowed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE incidents_incident_number; CREATE SEQUENCE incidents_contact_number;",
            "DROP SEQUENCE incidents_incident_number; DROP SEQUENCE incidents_contact_number;",
        )
    ]
