"""Trying a verb from a form: what refuses it stands beside the field, what someone else did first is told."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from referrals.transitions import HelpedElsewhere, Overtaken, Refused


def attempt(request: HttpRequest, form: forms.Form, do: Callable[[], object], said: str = "") -> bool:
    """Whether it is settled: done now, or done before by someone else, which the message says.

    HelpedElsewhere is for whoever calls. Nothing is `said` where the page that follows says it itself.
    """
    try:
        do()
    except HelpedElsewhere:
        raise  # no refusal but a question, which the page asks
    except Overtaken as overtaken:
        messages.info(request, overtaken.message)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return False
    else:
        if said:
            messages.success(request, said)
    return True
