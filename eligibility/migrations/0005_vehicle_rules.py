"""The three known versions of the rules for cars, as data/vehicle_rules.csv has them; and approved rules never change."""

from datetime import date

from django.db import migrations

KNOWN = (
    (
        1,
        date(2014, 7, 1),
        date(2018, 1, 1),
        {"leaf": "fiscal_horsepower_at_most", "limit": 8},
        "date approchée : l’article a paru environ deux ans après le lancement",
        "decisionatelier.com, Renault vise les 450 ateliers solidaires (2014)",
    ),
    (
        2,
        date(2018, 1, 1),
        date(2020, 1, 1),
        # light work on all brands, heavy work on those of the group
        {
            "op": "any",
            "of": [{"leaf": "work_is", "kind": "light"}, {"leaf": "brand_among", "groups": ["group"]}],
        },
        "date approchée : page non datée, d’environ 2018",
        "lebonplan.org p=19907",
    ),
    (
        3,
        date(2020, 1, 1),
        None,
        {
            "op": "all",
            "of": [
                {
                    "op": "any",
                    "of": [
                        {"leaf": "mileage_below", "limit_km": 200000},
                        {"leaf": "vehicle_age_at_most", "limit_years": 15},
                    ],
                },
                {"leaf": "brand_among", "groups": ["generalist_european", "group"]},
            ],
        },
        "date approchée : page non datée, après 2019",
        "motor16.com, CareMakers",
    ),
)


def add(apps, schema_editor):
    rule_sets = apps.get_model("eligibility", "RuleSet").objects
    for version, first, until, definition, note, source in KNOWN:
        rule_sets.create(
            offer_id="reparation",
            subject="vehicle",
            version=version,
            status="approved",
            is_historic=True,
            definition=definition,
            in_force_from=first,
            in_force_until=until,
            first_day_note=note,
            source=source,
        )


FORWARDS = """
CREATE FUNCTION eligibility_rule_set_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'approved' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    -- its successor ends it: the one thing that may be written to it
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'in_force_until' = to_jsonb(OLD) - 'in_force_until' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approved rule set is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_set_is_immutable BEFORE UPDATE OR DELETE ON eligibility_ruleset
    FOR EACH ROW EXECUTE FUNCTION eligibility_rule_set_is_immutable();

CREATE FUNCTION eligibility_rule_set_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT user_id FROM accounts_membership WHERE id = NEW.drafted_by_id)
        = (SELECT user_id FROM accounts_membership WHERE id = NEW.approved_by_id) THEN
        RAISE EXCEPTION 'a rule set is approved by another than its author' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_set_four_eyes BEFORE INSERT OR UPDATE OF approved_by_id, status ON eligibility_ruleset
    FOR EACH ROW EXECUTE FUNCTION eligibility_rule_set_four_eyes();
"""
BACKWARDS = """
DROP TRIGGER rule_set_four_eyes ON eligibility_ruleset;
DROP FUNCTION eligibility_rule_set_four_eyes();
DROP TRIGGER rule_set_is_immutable ON eligibility_ruleset;
DROP FUNCTION eligibility_rule_set_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0004_rule_sets_are_drafted_and_approved")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
