"""What must always hold, held by the database: the log and issued quotes are immutable, and no quote is
first issued without an unexpired eligible assessment of its own referral."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION referrals_row_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mobiliz.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER log_is_append_only BEFORE UPDATE OR DELETE ON referrals_logentry
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();
CREATE TRIGGER quote_version_is_immutable BEFORE UPDATE OR DELETE ON referrals_quoteversion
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();
CREATE TRIGGER quote_line_is_immutable BEFORE UPDATE OR DELETE ON referrals_quoteline
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();

CREATE TRIGGER quote_answer_is_immutable BEFORE UPDATE OR DELETE ON referrals_quoteanswer
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();
CREATE TRIGGER repair_is_immutable BEFORE UPDATE OR DELETE ON referrals_repair
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();

CREATE FUNCTION referrals_quote_needs_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT assessment.id, assessment.outcome, assessment.valid_until INTO held
      FROM referrals_quote quote
      JOIN referrals_assignment assignment ON assignment.id = quote.assignment_id
      JOIN referrals_referral referral ON referral.id = assignment.referral_id
      JOIN eligibility_assessment assessment ON assessment.id = referral.assessment_id
     WHERE quote.id = NEW.quote_id;
    IF held.id IS NULL OR held.id <> NEW.assessment_id OR held.outcome <> 'eligible' THEN
        RAISE EXCEPTION 'a quote needs the eligible assessment of its referral'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quote_needs_eligible_assessment';
    END IF;
    -- validity is checked when a quote is first issued; later expiry stops neither answer nor repair
    IF held.valid_until < NEW.issued_on
       AND NOT EXISTS (SELECT FROM referrals_quoteversion before WHERE before.quote_id = NEW.quote_id) THEN
        RAISE EXCEPTION 'the eligibility assessment has expired'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quote_needs_unexpired_assessment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quote_needs_assessment BEFORE INSERT ON referrals_quoteversion
    FOR EACH ROW EXECUTE FUNCTION referrals_quote_needs_assessment();
"""
BACKWARDS = """
DROP TRIGGER quote_needs_assessment ON referrals_quoteversion;
DROP TRIGGER repair_is_immutable ON referrals_repair;
DROP TRIGGER quote_answer_is_immutable ON referrals_quoteanswer;
DROP TRIGGER quote_line_is_immutable ON referrals_quoteline;
DROP TRIGGER quote_version_is_immutable ON referrals_quoteversion;
DROP TRIGGER log_is_append_only ON referrals_logentry;
DROP FUNCTION referrals_quote_needs_assessment();
DROP FUNCTION referrals_row_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
