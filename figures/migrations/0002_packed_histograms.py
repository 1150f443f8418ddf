from django.db import migrations, models

FORGET = "DELETE FROM figures_spread; DELETE FROM figures_progress;"
"""The figures begin anew at the first seal, which writes every histogram in its new form."""


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]
    operations = [
        migrations.RunSQL(FORGET, FORGET),
        migrations.RemoveField(model_name="spread", name="buckets"),
        migrations.RemoveField(model_name="spread", name="counts"),
        migrations.AddField(
            model_name="spread",
            name="histogram",
            field=models.BinaryField(
                default=b"", help_text="Pairs of bucket (2 bytes) and cases (4 bytes), big end first."
            ),
            preserve_default=False,
        ),
    ]
