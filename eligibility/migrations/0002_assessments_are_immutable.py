"""An assessment is never changed or deleted: held by the database, not by a form.

The one exception, erasure of a person, will be a database function that says so in its session
(`mobiliz.erasing`), so that no ordinary code path can do it by mistake.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION eligibility_assessment_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mobiliz.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'an eligibility assessment is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER assessment_is_immutable BEFORE UPDATE OR DELETE ON eligibility_assessment
    FOR EACH ROW EXECUTE FUNCTION eligibility_assessment_is_immutable();
"""
BACKWARDS = """
DROP TRIGGER assessment_is_immutable ON eligibility_assessment;
DROP FUNCTION eligibility_assessment_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
