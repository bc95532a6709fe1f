"""People and organisations are found as people write them, however their rows came to be."""

from mobiliz.accounts.models import Organisation, User


def test_the_key_is_written_with_every_row(db):
    Organisation.objects.create(kind="structure", name="Société d’Insertion")
    Organisation.objects.bulk_create([Organisation(kind="garage", name="Garage St-Étienne")])
    keys = set(Organisation.objects.values_list("search_name", flat=True))
    assert keys == {"societe d insertion", "garage saint etienne"}


def test_a_new_name_brings_its_key(db):
    place = Organisation.objects.create(kind="garage", name="Avant")
    Organisation.objects.filter(pk=place.pk).rename("Après")
    place.refresh_from_db()
    assert (place.name, place.search_name) == ("Après", "apres")


def test_a_person_who_marries_is_found_by_the_new_name(stranger):
    stranger.last_name = "Noël-Gœtz"
    stranger.save()
    assert list(User.objects.matching("gœtz noel")) == [stranger]
    assert list(User.objects.matching("GOETZ")) == [stranger]
