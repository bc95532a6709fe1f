"""What is sealed in notes, messages and names of attachments may be sealed anew by a session that says so
(`mobiliz.resealing`): another ciphertext, and nothing else of the row."""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION referrals_row_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed CONSTANT text :=
        CASE TG_TABLE_NAME WHEN 'referrals_note' THEN 'text' WHEN 'referrals_attachment' THEN 'name' END;
BEGIN
    IF current_setting('mobiliz.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND sealed IS NOT NULL AND current_setting('mobiliz.resealing', true) = 'yes'
       AND (to_jsonb(NEW) -> sealed = 'null') = (to_jsonb(OLD) -> sealed = 'null')
       AND to_jsonb(NEW) - sealed = to_jsonb(OLD) - sealed THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION referrals_message_is_only_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.read_at IS NULL
       AND (NEW.id, NEW.uid, NEW.assignment_id, NEW.side, NEW.by_id, NEW.at, NEW.text)
           IS NOT DISTINCT FROM (OLD.id, OLD.uid, OLD.assignment_id, OLD.side, OLD.by_id, OLD.at, OLD.text) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('mobiliz.resealing', true) = 'yes' AND NEW.text IS NOT NULL
       AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a message is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'message_is_only_read';
END $$;
"""
BACKWARDS = """
CREATE OR REPLACE FUNCTION referrals_row_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mobiliz.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION referrals_message_is_only_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.read_at IS NULL
       AND (NEW.id, NEW.uid, NEW.assignment_id, NEW.side, NEW.by_id, NEW.at, NEW.text)
           IS NOT DISTINCT FROM (OLD.id, OLD.uid, OLD.assignment_id, OLD.side, OLD.by_id, OLD.at, OLD.text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a message is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'message_is_only_read';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0025_the_car_is_assessed_too")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
