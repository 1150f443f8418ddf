"""The words of all documents, so that a typo is compared with some ten thousand words and not with every text."""

import django.contrib.postgres.indexes
from django.db import migrations, models

LEARN = """
INSERT INTO incidents_searchword (word)
SELECT DISTINCT word FROM incidents_searchdocument, regexp_split_to_table(text, '\\W+') AS word
WHERE word ~ '^[[:alpha:]]{4,40}$'
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_incident_by_tail")]
    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["word"], name="search_word"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="search_word_trigram", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.RunSQL(LEARN, migrations.RunSQL.noop),
    ]
