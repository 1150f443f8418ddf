"""The numbers of cases, and a record of who read them that the database itself refuses to change (P-7.5)."""

from django.db import migrations

DO = """
CREATE SEQUENCE privacy_case_number;
CREATE TRIGGER privacy_reading_no_change BEFORE UPDATE OR DELETE ON privacy_reading
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER privacy_reading_no_truncate BEFORE TRUNCATE ON privacy_reading
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = """
DROP TRIGGER privacy_reading_no_truncate ON privacy_reading;
DROP TRIGGER privacy_reading_no_change ON privacy_reading;
DROP SEQUENCE privacy_case_number;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(DO, UNDO)]
