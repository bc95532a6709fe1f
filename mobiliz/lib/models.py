"""How far the keys of sealed columns are renewed, table by table."""

from django.db import models

from mobiliz.lib import clock


class KeyRotation(models.Model):
    """One table under one new key: a run that was stopped goes on from here."""

    key = models.CharField(max_length=16)
    """A fingerprint of the key, from which it cannot be found."""
    table = models.CharField(max_length=63)
    reached = models.CharField(max_length=40, blank=True)
    is_done = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "table"], name="rotation_once_of_a_table")]
