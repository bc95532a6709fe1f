import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("garages", "0006_charters_of_their_own")]

    operations = [
        migrations.RemoveField(
            model_name="garage",
            name="charter_signed_on",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."confirmed_by_id" IS DISTINCT FROM (NEW."confirmed_by_id") OR OLD."confirmed_on" IS DISTINCT FROM (NEW."confirmed_on") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."function" IS DISTINCT FROM (NEW."function") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."publishable_on" IS DISTINCT FROM (NEW."publishable_on") OR OLD."rank" IS DISTINCT FROM (NEW."rank"))',
                    func='INSERT INTO "garages_pastcontact" ("confirmed_by_id", "confirmed_on", "email", "ended_on", "first_name", "function", "last_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "publishable_on", "rank") VALUES (OLD."confirmed_by_id", OLD."confirmed_on", OLD."email", OLD."ended_on", OLD."first_name", OLD."function", OLD."last_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."phone", OLD."publishable_on", OLD."rank"); RETURN NULL;',
                    hash="5e63c36ca8331c37d6f61a7d5904b1d3416eab4f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2e46e",
                    table="garages_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="garage",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."brands" IS DISTINCT FROM (NEW."brands") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."confirmed_by_id" IS DISTINCT FROM (NEW."confirmed_by_id") OR OLD."confirmed_on" IS DISTINCT FROM (NEW."confirmed_on") OR OLD."engaged_by_id" IS DISTINCT FROM (NEW."engaged_by_id") OR OLD."engaged_on" IS DISTINCT FROM (NEW."engaged_on") OR OLD."group_id" IS DISTINCT FROM (NEW."group_id") OR OLD."is_vat_exempt" IS DISTINCT FROM (NEW."is_vat_exempt") OR OLD."joined_how" IS DISTINCT FROM (NEW."joined_how") OR OLD."joined_on" IS DISTINCT FROM (NEW."joined_on") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."opening_hours" IS DISTINCT FROM (NEW."opening_hours") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."services" IS DISTINCT FROM (NEW."services") OR OLD."siret" IS DISTINCT FROM (NEW."siret") OR OLD."weekly_cap" IS DISTINCT FROM (NEW."weekly_cap") OR OLD."works" IS DISTINCT FROM (NEW."works"))',
                    func='INSERT INTO "garages_pastgarage" ("address", "brands", "commune_id", "confirmed_by_id", "confirmed_on", "engaged_by_id", "engaged_on", "group_id", "is_vat_exempt", "joined_how", "joined_on", "level", "name", "opening_hours", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "services", "siret", "weekly_cap", "works") VALUES (OLD."address", OLD."brands", OLD."commune_id", OLD."confirmed_by_id", OLD."confirmed_on", OLD."engaged_by_id", OLD."engaged_on", OLD."group_id", OLD."is_vat_exempt", OLD."joined_how", OLD."joined_on", OLD."level", OLD."name", OLD."opening_hours", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."phone", OLD."postcode", OLD."services", OLD."siret", OLD."weekly_cap", OLD."works"); RETURN NULL;',
                    hash="4b772cd5f8f37fc46e8ceb81777a6718be81d20b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7cc91",
                    table="garages_garage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pastcontact",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="de9d11dd9f1504e8c6eb894359a7de52aed4fa0d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7bf50",
                    table="garages_pastcontact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pastgarage",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3c8e38f745ff93332b6d2a7b0ba6378615582c1e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_db9d2",
                    table="garages_pastgarage",
                    when="BEFORE",
                ),
            ),
        ),
    ]
