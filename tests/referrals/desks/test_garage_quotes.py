"""The quote editor and the issued quote: French amounts in, faults beside cells, nothing typed lost, nothing twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from garages.models import PriceSchedule
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Quote, QuoteVersion
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.garages import PriceScheduleFactory

pytestmark = pytest.mark.django_db

NAMES = ("kind", "description", "quantity", "unit_cost_excl_tax", "unit_public_excl_tax", "part_origin")
LABOUR = ("labour", "Plaquettes avant", "1,6", "", "92,00", "")
PART = ("part", "Jeu de plaquettes", "1", "38,40", "61,90", "reused")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def garage(garage):
    garage.weekly_cap = 50
    garage.save()
    return garage


@pytest.fixture
def accepted(adviser, workshop):
    return journey.accepted(adviser, workshop)


def _form(*lines, doing="issue_quote", press="proposer", **terms):
    data = {"lignes-TOTAL_FORMS": str(len(lines)), "lignes-INITIAL_FORMS": "0", "doing": doing, "instalments": "1"}
    for at, line in enumerate(lines):
        data |= {f"lignes-{at}-{name}": text for name, text in zip(NAMES, line, strict=True)}
    pressed = {press: "1"} if isinstance(press, str) else dict([press])
    return {**data, **terms, **pressed}


def _new(assignment):
    return reverse("assignment_quote_new", args=[assignment.uid])


def _replace(assignment):
    return reverse("assignment_quote_replace", args=[assignment.uid])


def _post(client, member, address, data, **headers):
    return sign_in(client, member).post(address, data, headers=headers)


# --- who ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("workshop", 200),
        ("owner", 200),
        ("reception", 403),
        ("adviser", 403),
        ("pilot", 403),
        ("other_garage_workshop", 404),
        ("other_adviser", 404),
        ("volunteer", 404),
        ("stranger", 404),
    ],
)
def test_owner_and_workshop_write_quotes(client, member, accepted, name, status):
    someone = member(name)
    assert sign_in(client, someone).get(_new(accepted)).status_code == status
    posted = _post(client, someone, _new(accepted), _form(LABOUR))
    assert posted.status_code == (302 if status == 200 else status)
    assert Quote.objects.exists() == (status == 200)


def test_reception_sees_no_button_to_write_one(client, reception, accepted):
    html = sign_in(client, reception).get(reverse("assignment", args=[accepted.uid])).content.decode()
    assert "devis/nouveau" not in html
    assert "Le patron ou l’atelier écrit ensuite le devis." in html


@pytest.mark.parametrize("step", ["sent", "quoted", "agreed", "completed"])
def test_there_is_no_first_quote_to_write_in_another_state(client, adviser, workshop, garage, step):
    assignment = journey.sent(adviser, garage) if step == "sent" else getattr(journey, step)(adviser, workshop)
    answer = sign_in(client, workshop).get(_new(assignment))
    assert answer.headers["Location"] == reverse("assignment", args=[assignment.uid])


# --- issuing ------------------------------------------------------------------------------------------------
def test_a_usual_quote_is_issued_in_one_go(client, workshop, accepted):
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, PART, instalments="3", immobilisation_days="2"))
    version = QuoteVersion.objects.get()
    assert answer.headers["Location"] == reverse("quote", args=[version.quote.uid])
    assert (version.total_excl_tax, version.total_incl_tax) == (Decimal("94.40"), Decimal("113.28"))
    assert (version.instalments, version.immobilisation_days) == (3, 2)
    assert journey.fresh(accepted).referral.state == "quoted"


@pytest.mark.parametrize("typed", ["1 234,50", "1234.5", "1\u202f234,50 €", "1.234,50"])
def test_amounts_are_read_as_people_type_them(client, workshop, accepted, typed):
    _post(client, workshop, _new(accepted), _form(("part", "Embrayage", "1", typed, "", "new")))
    assert QuoteVersion.objects.get().total_excl_tax == Decimal("1234.50")


def test_empty_lines_do_not_count(client, workshop, accepted):
    _post(client, workshop, _new(accepted), _form(LABOUR, ("part", "", "", "", "", "new"), ("labour", *[""] * 5)))
    assert QuoteVersion.objects.get().lines.count() == 1


def test_a_double_click_issues_once_and_lands_on_the_quote(client, workshop, accepted):
    _post(client, workshop, _new(accepted), _form(LABOUR, PART))
    again = _post(client, workshop, _new(accepted), _form(LABOUR, PART))
    assert QuoteVersion.objects.count() == 1
    assert again.headers["Location"] == reverse("quote", args=[Quote.objects.get().uid])
    assert "Déjà fait" in client.get(again.headers["Location"]).content.decode()


def test_of_two_editors_the_second_is_told_and_loses_nothing(client, workshop, owner, accepted):
    _post(client, owner, _new(accepted), _form(LABOUR))
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, ("part", "Disques", "2", "54", "80", "new")))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Déjà fait : devis émis par Marc Roux" in html
    assert "Disques" in html
    assert QuoteVersion.objects.count() == 1
    # and may go on from there, knowingly
    assert f'action="{_replace(accepted)}"' in html
    assert 'name="replaces" value="1"' in html
    assert 'name="doing" value="supersede_quote"' in html


# --- wrong input --------------------------------------------------------------------------------------------
WRONG = [
    (("part", "Disque", "1", "trente", "", "new"), "Écrivez seulement des chiffres", "trente"),
    (("part", "Disque", "1", "1,2,3", "", "new"), "plusieurs façons", "1,2,3"),
    (("part", "Disque", "1", "-3", "", "new"), "ne peut pas être négatif", "-3"),
    (("part", "Disque", "0", "3", "", "new"), "La quantité doit dépasser zéro", "Disque"),
    (("part", "Disque", "", "3", "", "new"), "Indiquez la quantité", "Disque"),
    (("part", "Disque", "1", "", "", "new"), "Indiquez le prix coûtant", "Disque"),
    (("part", "Disque", "1", "3", "", ""), "Indiquez l’origine de la pièce", "Disque"),
    (("part", "Disque", "1", "3", "", "volée"), "Sélectionnez un choix valide", "Disque"),
    (("part", "", "1", "3", "", "new"), "Dites en quelques mots", ""),
    (("part", "Disque", "1", "100", "90", "new"), "dépasse le prix public (90,00\u00a0€ HT)", "Disque"),
    (("part", "Disque", "1", "1,23456", "", "new"), "au plus 4 chiffres après la virgule", "1,23456"),
    (("labour", "Freins", "500", "", "", ""), "ne peut pas dépasser 200", "500"),
    (("labour", "Freins", "", "", "92", ""), "Indiquez le nombre d’heures", "Freins"),
    (("labour", "Freins", "1", "60", "", ""), "Le taux horaire est celui du barème", "Freins"),
    (("flat", "x" * 161, "1", "10", "", ""), "au plus 160 caractères", "x" * 161),
]


@pytest.mark.parametrize(("line", "said", "kept"), WRONG)
def test_what_is_wrong_is_said_beside_the_cell_and_in_the_summary(client, workshop, accepted, line, said, kept):
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, line, immobilisation_days="2"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(said) == 2
    assert html.count("Ligne 2, ") == 2  # with its cell, in both places
    for text in (kept, "Plaquettes avant", "1,6", "92,00"):
        assert text in html
    assert 'value="2"' in html
    assert not Quote.objects.exists()


def test_every_fault_of_a_line_shows_at_once(client, workshop, accepted):
    html = _post(client, workshop, _new(accepted), _form(("part", "", "", "dix", "", ""))).content.decode()
    for said in ("Dites en quelques mots", "Indiquez la quantité", "seulement des chiffres", "Indiquez l’origine"):
        assert said in html, said


@pytest.mark.parametrize(
    ("lines", "terms", "said"),
    [
        ([], {}, "Ajoutez au moins une ligne"),
        ([("part", "", "", "", "", "")], {}, "Ajoutez au moins une ligne"),
        ([LABOUR] * 101, {}, "au plus 100 lignes"),
        ([("flat", "Tout", "1000", "1000", "", "")], {}, "Le total dépasse"),
        ([LABOUR], {"instalments": "9"}, "Sélectionnez un choix valide"),
        ([LABOUR], {"immobilisation_days": "longtemps"}, "seulement des chiffres"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said(client, workshop, accepted, lines, terms, said):
    answer = _post(client, workshop, _new(accepted), _form(*lines, **terms))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Quote.objects.exists()


@pytest.mark.parametrize("broken", [{}, {"lignes-TOTAL_FORMS": "mille"}, {"lignes-TOTAL_FORMS": "-1"}])
def test_a_form_that_was_tampered_with_issues_nothing(client, workshop, accepted, broken):
    assert _post(client, workshop, _new(accepted), {"proposer": "1", **broken}).status_code == 422
    assert not Quote.objects.exists()


# --- without script: lines, calculation ---------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "shown"), [("labour", "Heures, ligne 3"), ("part", "Origine"), ("flat", "Autre")])
def test_a_line_is_added_and_everything_typed_stays(client, workshop, accepted, kind, shown):
    wrong = ("part", "Disque", "1", "trente", "", "")
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, wrong, press=("ajouter", kind), instalments="3"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="lignes-TOTAL_FORMS" value="3"' in html
    for text in ("Plaquettes avant", "92,00", "Disque", "trente", shown, '<option value="3" selected>'):
        assert text in html, text
    assert "seulement des chiffres" not in html


def test_a_line_is_taken_away_and_the_others_stay(client, workshop, accepted):
    html = _post(client, workshop, _new(accepted), _form(LABOUR, PART, press=("retirer", "1"))).content.decode()
    assert "Plaquettes avant" not in html
    assert "Jeu de plaquettes" in html
    assert 'name="lignes-TOTAL_FORMS" value="1"' in html


def test_calculating_shows_totals_saving_and_instalments_and_issues_nothing(client, workshop, accepted):
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, PART, press="calculer", instalments="3"))
    html = answer.content.decode()
    assert answer.status_code == 200
    # 56,00 + 38,40 = 94,40 HT; 147,20 + 61,90 = 209,10 HT in public
    for said in (
        "94,40\u00a0€",
        "18,88\u00a0€",
        "113,28\u00a0€",
        "250,92\u00a0€",
        "137,64\u00a0€",
        "54,9",
        "37,76\u00a0€",
    ):
        assert said in html, said
    assert not Quote.objects.exists()


def test_the_first_button_of_the_form_only_calculates(client, workshop, accepted):
    """Enter presses the first one: it must neither issue nor take a line away."""
    html = sign_in(client, workshop).get(_new(accepted)).content.decode()
    form = html[html.index('id="devis"') :]
    assert form.index('name="calculer"') < form.index('name="retirer"') < form.index('name="proposer"')


def test_live_totals_count_the_complete_lines_and_name_the_others(client, workshop, accepted):
    half = ("part", "Disque", "1", "", "", "")
    answer = _post(client, workshop, _new(accepted), _form(LABOUR, half), **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    assert "67,20\u00a0€" in html
    assert "Pas encore comptée" in html
    assert 'id="total-1" hx-swap-oob="true">56,00<' in html
    assert not Quote.objects.exists()


def test_a_line_without_public_price_is_left_out_of_the_saving_and_said(client, workshop, accepted):
    part = ("part", "Disque", "1", "50", "", "new")
    html = _post(client, workshop, _new(accepted), _form(LABOUR, part, press="calculer")).content.decode()
    assert "« Disque » n’a pas de prix public" in html


def test_the_rate_stands_on_the_screen_and_cannot_be_typed(client, workshop, accepted):
    html = sign_in(client, workshop).get(_new(accepted)).content.decode()
    assert "35,00\u00a0€ l’heure hors taxe" in html
    assert "42,00\u00a0€ taxe comprise" in html
    assert 'name="lignes-0-unit_cost_excl_tax"' not in html


# --- eligibility and schedule -------------------------------------------------------------------------------
def test_an_expired_eligibility_is_said_with_whom_to_call_and_nothing_is_issued(client, workshop, accepted):
    with clock.moved_to(clock.now() + timedelta(days=181)):
        html = sign_in(client, workshop).get(_new(accepted)).content.decode()
        assert "L’éligibilité a expiré le" in html
        assert "Appelez Aline Dubois" in html
        assert "06\u00a012\u00a034\u00a056\u00a078" in html
        assert 'name="proposer"' not in html
        answer = _post(client, workshop, _new(accepted), _form(LABOUR))
    assert answer.status_code == 422
    assert "n’est plus valable" in answer.content.decode()
    assert "Plaquettes avant" in answer.content.decode()
    assert not Quote.objects.exists()


def test_the_database_refuses_it_below_the_form_and_the_verb(client, workshop, accepted, monkeypatch):
    from referrals.transitions import quoting

    monkeypatch.setattr(quoting, "is_usable", lambda assessment, on: True)
    with (
        clock.moved_to(clock.now() + timedelta(days=181)),
        pytest.raises(IntegrityError, match="the eligibility assessment has expired"),
        transaction.atomic(),
    ):
        _post(client, workshop, _new(accepted), _form(LABOUR))
    assert not QuoteVersion.objects.exists()


def test_without_a_schedule_in_force_the_page_says_so(client, workshop, accepted):
    PriceSchedule.objects.update(in_force_until=clock.today() - timedelta(days=1))
    html = sign_in(client, workshop).get(_new(accepted)).content.decode()
    assert "Aucun barème n’est en vigueur" in html
    assert 'name="proposer"' not in html
    assert _post(client, workshop, _new(accepted), _form(LABOUR)).status_code == 422


def test_the_schedule_in_force_on_the_day_of_issue_counts(client, workshop, accepted):
    """The rate changed between form and submit: what is issued follows the schedule, whatever the form showed."""
    PriceScheduleFactory(scope="garage", scope_key=str(accepted.garage.uid), hourly_rate_excl_tax=Decimal("30.00"))
    _post(client, workshop, _new(accepted), _form(LABOUR))
    assert QuoteVersion.objects.get().hourly_rate_excl_tax == Decimal("30.00")


# --- new versions, more work --------------------------------------------------------------------------------
def test_a_new_version_starts_from_the_one_it_replaces(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    html = sign_in(client, workshop).get(_replace(assignment)).content.decode()
    for text in ("Nouvelle version du devis", "Remplacement de l’alternateur", "1,80", 'value="110"', 'value="180"'):
        assert text in html, text
    assert '<option value="reused" selected>' in html
    _post(client, workshop, _replace(assignment), _form(LABOUR, doing="supersede_quote", replaces="1"))
    assert assignment.quote.versions.count() == 2


def test_more_work_is_proposed_once_the_first_was_agreed(client, adviser, workshop):
    assignment = journey.agreed(adviser, workshop)
    assert "Travaux supplémentaires" in sign_in(client, workshop).get(_replace(assignment)).content.decode()
    _post(client, workshop, _replace(assignment), _form(LABOUR, PART, doing="supplement", replaces="1"))
    latest = assignment.quote.versions.latest_first()[0]
    assert (latest.number, latest.is_supplement) == (2, True)
    assert journey.fresh(assignment).referral.state == "quoted"


def test_a_new_version_of_a_version_already_replaced_is_told(client, adviser, workshop, owner):
    assignment = journey.quoted(adviser, workshop)
    transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=actor(owner))
    answer = _post(client, workshop, _replace(assignment), _form(LABOUR, doing="supersede_quote", replaces="1"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "une version 2 de ce devis a été émise" in html
    assert 'name="replaces" value="2"' in html
    assert assignment.quote.versions.count() == 2


def test_a_replacement_does_not_become_a_supplement_unnoticed(client, adviser, workshop):
    """The person agreed while the garage was typing a cheaper version."""
    assignment = journey.agreed(adviser, workshop)
    answer = _post(client, workshop, _replace(assignment), _form(LABOUR, doing="supersede_quote", replaces="1"))
    assert answer.status_code == 422
    assert "Déjà fait : devis accepté" in answer.content.decode()
    assert 'name="doing" value="supplement"' in answer.content.decode()
    assert assignment.quote.versions.count() == 1


def test_a_double_click_on_a_new_version_makes_one(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    data = _form(LABOUR, doing="supersede_quote", replaces="1")
    _post(client, workshop, _replace(assignment), data)
    assert _post(client, workshop, _replace(assignment), data).status_code == 302
    assert assignment.quote.versions.count() == 2


def test_what_was_withdrawn_meanwhile_cannot_be_quoted(client, adviser, workshop, accepted):
    transitions.withdraw(accepted.referral, reason="Déménage", by=actor(adviser))
    answer = _post(client, workshop, _new(accepted), _form(LABOUR))
    told = client.get(answer.headers["Location"]).content.decode()
    assert "Déjà fait : abandonnée" in told
    assert not Quote.objects.exists()


# --- the issued quote ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("workshop", 200),
        ("owner", 200),
        ("reception", 200),
        ("adviser", 200),
        ("pilot", 200),
        ("regional_pilot", 200),
        ("other_garage_workshop", 404),
        ("other_adviser", 404),
        ("other_regional_pilot", 404),
        ("volunteer", 404),
        ("administrator", 404),
        ("stranger", 404),
    ],
)
def test_the_quote_is_read_by_its_garage_its_sender_and_pilots(client, adviser, workshop, member, name, status):
    quote = journey.quoted(adviser, workshop).quote
    answer = sign_in(client, member(name)).get(reverse("quote", args=[quote.uid]))
    assert answer.status_code == status
    if status == 200 and name not in ("workshop", "owner"):
        assert "devis/remplacer" not in answer.content.decode()


def test_the_printed_quote_names_what_french_practice_asks(client, adviser, workshop, garage):
    assignment = journey.quoted(adviser, workshop)
    html = sign_in(client, workshop).get(reverse("quote", args=[assignment.quote.uid])).content.decode()
    for said in [
        assignment.quote.number, garage.name, garage.siret, garage.address, "Nadia Benali", "Renault Clio", "DA-123-BC",
        "186\u202f400 km", "Émis le", "Valable jusqu’au", "Remplacement de l’alternateur", "réemploi (PIEC)", "1,8 h",
        "173,00\u00a0€", "TVA 20", "34,60\u00a0€", "207,60\u00a0€", "gratuit et n’engage personne avant d’être accepté",
    ]:  # fmt: skip
        assert said in html, said


def test_older_versions_can_be_read_again(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.supersede_quote(assignment, lines=journey.LINES[:1], replaces=1, by=actor(workshop))
    address = reverse("quote", args=[assignment.quote.uid])
    assert "75,60\u00a0€" in sign_in(client, workshop).get(address).content.decode()
    older = client.get(f"{address}?version=1").content.decode()
    assert "207,60\u00a0€" in older
    assert "remplacé" in older


def test_the_saving_of_a_partial_comparison_says_so(client, adviser, workshop):
    from garages.tariff import LineInput, LineKind

    lines = [*journey.LINES, LineInput(LineKind.FLAT, "Recyclage", Decimal(1), Decimal("5"))]
    quote = journey.quoted(adviser, workshop, lines=lines).quote
    html = sign_in(client, workshop).get(reverse("quote", args=[quote.uid])).content.decode()
    assert "ne sont pas comptées dans l’économie" in html


@pytest.mark.parametrize("lines", [1, 50])
def test_pages_take_the_same_queries_with_1_line_and_50(
    client, adviser, workshop, lines, django_assert_max_num_queries
):
    assignment = journey.quoted(adviser, workshop, lines=journey.LINES[:1] * lines)
    sign_in(client, workshop)
    counts = []
    for address in (reverse("quote", args=[assignment.quote.uid]), _replace(assignment)):
        with django_assert_max_num_queries(12) as made:
            client.get(address)
        counts.append(len(made))
    assert counts == [5, 8]
