"""The project: wiring on top, quiet leaves below."""

from mobiliz.celery import app as celery_app

__all__ = ["celery_app"]
