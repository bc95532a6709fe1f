"""The Celery application; its settings carry the prefix CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobiliz.settings")

app = Celery("mobiliz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
