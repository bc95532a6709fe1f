"""Which passwords are taken: twelve signs, not what a guesser tries first, and nothing asked of their kind."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from mobiliz.accounts.demonstration import DEMONSTRATION_PASSWORD
from mobiliz.accounts.passwords import is_easily_guessed, words_of
from tests.factories.accounts import MembershipFactory, OrganisationFactory


@pytest.mark.parametrize(
    "password",
    [
        "douze lettre",
        "une phrase assez longue",
        "quatre mots sans rapport",
        "mobiliz et mon chat gris",
        "motdepasse de mon chat gris",
        "Renault, mais en bien plus long",
        "8#2$9!4@7%1a",
        "aa#$%^&*(!@xq",
        "kX9mQ2vL7pRt",
        "vélo orange sous la pluie",
        "ππππ λόγος πόλις",
    ],
)
def test_what_is_hard_to_guess_is_taken(password):
    validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "onze lettre",  # too short
        "password1234",  # in Django's list
        "motdepasse1234",
        "MotDePasse!2026",
        "azertyuiop12",
        "AZERTYuiop!!",
        "qsdfghjklm01",
        "bonjourbonjour",
        "Bonjour12345!",
        "Mobiliz2026!!",
        "m0b1l1z-2026",
        "Soleil13Marseille",
        "loulou2015loulou",
        "lundi mardi mercredi",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "abcdefghijklmn",
        "123456789012",
        "061234567890",
        "١٢٣٤٥٦٧٨٩٠١٢",
        DEMONSTRATION_PASSWORD,
        DEMONSTRATION_PASSWORD.upper(),
    ],
)
def test_what_a_guesser_tries_first_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("aline-dubois-1985", False),
        ("Dubois!Aline!!", False),
        ("wimoov2026wimoov", False),
        ("conseillere2026", False),
        ("aline aime les gaufres", True),
        ("girard-luc-1985-ab", True),  # someone else's name
    ],
)
def test_the_persons_own_names_do_not_make_a_password(adviser, password, is_taken):
    if is_taken:
        validate_password(password, adviser.user)
    else:
        with pytest.raises(ValidationError, match="votre nom"):
            validate_password(password, adviser.user)


def test_the_words_of_a_person_are_those_of_all_their_places(adviser):
    place = OrganisationFactory(name="Régie d’Éole")
    MembershipFactory(user=adviser.user, organisation=place)
    assert {"aline", "dubois", "conseillere", "wimoov", "regie", "eole"} <= words_of(adviser.user)
    assert "d" not in words_of(adviser.user)


def test_a_very_long_password_is_read_quickly():
    assert is_easily_guessed("a" * 4096)
    assert not is_easily_guessed("chameau lampe " * 3 + "violet")


def test_the_demonstration_may_use_its_password():
    with override_settings(MOBILIZ_MODE="demo"):
        validate_password(DEMONSTRATION_PASSWORD)


# --- choosing one -----------------------------------------------------------------------------------------
URL = "/compte/mot-de-passe/"


def test_the_form_says_what_is_asked_and_lets_a_password_manager_fill_it(signed_in):
    page = signed_in("adviser").get(URL).content.decode()
    assert "Au moins 12 caractères" in page
    for token in ("username", "current-password", "new-password"):
        assert f'autocomplete="{token}"' in page
    assert "onpaste" not in page


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("un autre mot de passe", "une tout autre phrase", "une tout autre phrase", "oldpassword"),
        ("une phrase assez longue", "motdepasse1234", "motdepasse1234", "password1"),
        ("une phrase assez longue", "une tout autre phrase", "une toute autre phrase", "password2"),
        ("une phrase assez longue", "", "", "password1"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(signed_in, old, new, again, field):
    answer = signed_in("adviser").post(URL, {"oldpassword": old, "password1": new, "password2": again})
    assert field in answer.context["form"].errors
    assert new not in answer.content.decode() or not new
