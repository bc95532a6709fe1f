"""A commune as people write it: "Saint-Étienne (42100)", "42100 Saint-Étienne", a name or a code that is one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.territory.models import Commune, Department
from mobiliz.territory.querysets import TypedPlace

SUGGESTED = 10
NAMED_IN_ERROR = 4
INSEE_CODE = re.compile(r"\d[\dAB]\d{3}", re.ASCII)


class Answer(NamedTuple):
    """What came back: the text, and the code of the suggestion that was chosen, if any."""

    text: str
    code: str = ""


def suggestions(text: str) -> list[Commune]:
    """The communes to offer for what is typed so far."""
    return list(Commune.objects.search(text).select_related("department")[:SUGGESTED])


def candidates(text: str) -> list[Commune]:
    """The communes that may be meant: those so named, else those that begin so, else those of the name alone."""
    named = list(Commune.objects.named(text).select_related("department")[:SUGGESTED])
    return named or suggestions(text) or suggestions(TypedPlace.parse(text).name)


class CommuneInput(forms.Widget):
    """A text input; suggestions come below it as radio buttons, by htmx or with the error."""

    template_name = "territory/commune_input.html"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Answer:
        code = data.get(f"{name}_code") or ""
        return Answer((data.get(name) or "").strip(), code if INSEE_CODE.fullmatch(code) else "")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        answer = value if isinstance(value, Answer) else Answer(value or "")
        context = super().get_context(name, None, attrs)
        context["widget"]["value"] = answer.text
        # shown again after an error: what may have been meant is there to be chosen
        is_unclear = isinstance(value, Answer) and bool(answer.text) and Commune.objects.named(answer.text).count() != 1
        context["communes"] = candidates(answer.text) if is_unclear else []
        return context


class CommuneField(forms.Field):
    widget = CommuneInput
    default_error_messages = {
        "required": _("Indiquez une commune."),
        "unknown": _(
            "Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal, par exemple Guéret ou 23000."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Commune"))
        kwargs.setdefault("help_text", _("Son nom ou son code postal."))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Commune | None:
        answer = value if isinstance(value, Answer) else Answer(str(value or "").strip())
        if not answer.text and not answer.code:
            return self._left_out()
        chosen = self._chosen(answer)
        return chosen or self._understood(answer.text)

    def _left_out(self) -> Commune | None:
        if self.required:
            raise ValidationError(self.error_messages["required"], "required")
        return None

    def _chosen(self, answer: Answer) -> Commune | None:
        """The suggestion chosen, unless something else was typed since."""
        if not answer.code:
            return None
        offered = Commune.objects.search(answer.text) if answer.text else Commune.objects.all()
        return offered.filter(code=answer.code).with_places().first()

    def _understood(self, text: str) -> Commune:
        named = list(Commune.objects.named(text).with_places()[:2])
        if len(named) == 1:
            return named[0]
        found = candidates(text)
        if not found:
            raise ValidationError(self.error_messages["unknown"], "unknown")
        raise ValidationError(_which(found), "unclear")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Answer):
            chosen = self._chosen(value)
            return Answer(str(chosen)) if chosen else value
        return str(value) if isinstance(value, Commune) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


def _which(found: Sequence[Commune]) -> str:
    if len(found) == 1:
        return gettext("Vouliez-vous dire %(commune)s ?") % {"commune": found[0]}
    shown = [str(commune) for commune in found[:NAMED_IN_ERROR]]
    if len(found) > NAMED_IN_ERROR:
        return gettext("Précisez : %(communes)s ou une autre.") % {"communes": ", ".join(shown)}
    most, last = ", ".join(shown[:-1]), shown[-1]
    return gettext("Précisez : %(most)s ou %(last)s.") % {"most": most, "last": last}


class DepartmentChoice(forms.ModelChoiceField):
    """A department from all of them, or from those of one region."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Department.objects.all(), empty_label=_("Tous"), **kwargs)

    def within(self, region_code: str | None) -> None:
        if region_code is not None:
            self.queryset = Department.objects.filter(region=region_code)

    def label_from_instance(self, obj: Department) -> str:
        return f"{obj.code} {obj.name}"
