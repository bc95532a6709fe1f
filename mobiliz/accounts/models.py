"""Who signs in, and for whom they work."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.confirmations import Confirmable
from mobiliz.accounts.devices import device_words
from mobiliz.accounts.querysets import (
    AbsenceQuerySet,
    LinkRequestQuerySet,
    MembershipQuerySet,
    OrganisationQuerySet,
    SignInQuerySet,
    UserQuerySet,
)
from mobiliz.accounts.roles import ROLE_DESCRIPTIONS, SECOND_FACTOR_ROLES, Role
from mobiliz.lib import clock
from mobiliz.lib.ranges import DateRange
from mobiliz.lib.search_keys import SearchKeyField

NEVER = datetime.min.replace(tzinfo=UTC)  # sorts who never signed in before everybody else


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: the e-mail is the login. What they may do comes from their memberships."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse électronique"), max_length=254, unique=True)
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    search_name = SearchKeyField("last_name", "first_name")
    is_active = models.BooleanField(_("actif"), default=True)
    joined_at = models.DateTimeField(_("compte ouvert le"), default=clock.now, editable=False)
    password_changed_at = models.DateTimeField(_("mot de passe changé le"), null=True, editable=False)
    works_as = models.ForeignKey(
        "accounts.Membership", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Part of what a session is signed with: one more, and every session of the account has ended.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    # As what they may work now, where both were read together: see `PasswordBackend.get_user`
    read_capacities: list[Membership] | None = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        constraints = [
            models.UniqueConstraint(models.functions.Lower("email"), name="user_email_unique"),
        ]
        indexes = [
            models.Index(fields=["search_name", "id"], name="user_by_name"),
            models.Index(Coalesce("last_login", Value(NEVER)), "id", name="user_by_sign_in"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own, over the generation too: an account opened again does not open its old sessions."""
        signed = f"{self.session_generation}:{self.password}"
        return salted_hmac("mobiliz.accounts.session", signed, secret=secret, algorithm="sha256").hexdigest()

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = clock.now() if raw_password else None

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role of theirs asks for it; of those loaded by `for_list`."""
        return any(membership.role in SECOND_FACTOR_ROLES for membership in self.current_memberships)

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def get_short_name(self) -> str:
        return self.first_name


class OrganisationKind(models.TextChoices):
    STRUCTURE = "structure", _("structure")
    AGENCY = "agency", _("agence")
    GARAGE = "garage", _("garage")
    GROUP = "group", _("groupe de distribution")
    MAKER = "maker", _("constructeur")


class Organisation(models.Model):
    """What people work for, whatever it is: the common ground of garages and structures."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=OrganisationKind.choices)
    name = models.CharField(_("nom"), max_length=160)
    search_name = SearchKeyField("name")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="agency") | Q(parent__isnull=False), name="organisation_agency_has_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Engagement(models.TextChoices):
    EMPLOYEE = "employee", _("contrat salarié")
    VOLUNTEER = "volunteer", _("bénévole")


class Membership(Confirmable):
    """One person's place in one organisation, in one role; a person may have several and works as one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    region = models.ForeignKey("territory.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(_("ligne directe"), max_length=20, blank=True)
    # of advisers only: structures work with employees and with volunteers of their own
    engagement = models.CharField(_("salarié ou bénévole"), max_length=10, choices=Engagement.choices, blank=True)
    job_title = models.CharField(_("fonction"), max_length=80, blank=True)
    began_on = models.DateField(_("depuis le"), default=clock.today)
    ended_on = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "region"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="membership_once_while_current",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        role__in=[Role.ADVISER, Role.OWNER, Role.WORKSHOP, Role.RECEPTION],
                        organisation__isnull=False,
                        region__isnull=True,
                    )
                    | Q(role=Role.REGIONAL_PILOT, organisation__isnull=True, region__isnull=False)
                    | Q(
                        role__in=[Role.PILOT, Role.VOLUNTEER, Role.ADMINISTRATOR],
                        organisation__isnull=True,
                        region__isnull=True,
                    )
                ),
                name="membership_role_fits_its_place",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ADVISER) | Q(engagement=""), name="membership_engagement_of_advisers"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("began_on")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.place}"

    @property
    def place(self) -> str:
        """For whom or where one works in this capacity."""
        return str(self.organisation or self.region or _("réseau national"))

    @property
    def short_place(self) -> str:
        """What stands beside the name on every page: the organisation, or the role of those who have none."""
        return str(self.organisation or self.get_role_display())

    @property
    def description(self) -> str:
        """What one does in this role, in a sentence."""
        return str(ROLE_DESCRIPTIONS[Role(self.role)])


class Absence(models.Model):
    """Someone is away from a day to a day, both included, and a colleague answers for them. It ends by itself.

    The database holds that nobody is away twice at once, and that the colleague works where they see the same cases:
    in the same organisation, or in the structure to which that agency belongs.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    covered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="covers")
    from_on = models.DateField(_("du"))
    until_on = models.DateField(_("au"))
    declared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="absence_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(covered_by=models.F("member")), name="absence_covered_by_another"),
            ExclusionConstraint(
                name="absence_never_two",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    (DateRange("from_on", "until_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class SignIn(models.Model):
    """One sign-in and the session that it began: on what, roughly from where, until when. Kept for six months."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True, null=True)
    device_hash = models.CharField(max_length=64)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    network = models.CharField(max_length=43, blank=True)
    began_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("connexion")
        indexes = [models.Index(fields=["user", "-began_at"], name="sign_in_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(session_key__isnull=True), name="sign_in_ended_has_no_session"
            )
        ]

    def __str__(self) -> str:
        return device_words(self.browser, self.system)


class LinkRequest(models.Model):
    """Someone asked for a link to choose a password: written for every address alike, whether it has an account or not;
    answered by the worker, and then gone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse électronique"))
    asked_at = models.DateTimeField(default=clock.now)

    objects = LinkRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de lien")

    def __str__(self) -> str:
        return str(self.uid)
