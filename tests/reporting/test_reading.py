"""The queue of changes: nothing skipped, nothing counted twice, whoever commits when."""

import threading
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from referrals.models import Change, Referral
from referrals.states import Outcome
from reporting import cells, tasks
from reporting.models import Cell, Contribution, LossCell, PlaceCell, Reader
from tests.factories import referrals as make
from tests.reporting.reading import is_left_to_read, read_everything

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20


def counted(name="referrals_sent", model=PlaceCell):
    return model.objects.aggregate(total=Sum(name, default=0))["total"]


@contextmanager
def a_slow_transaction(act):
    """Another connection does this and commits only when the block ends."""
    has_acted, may_commit, problems = threading.Event(), threading.Event(), []

    def run():
        try:
            with transaction.atomic():
                act()
                has_acted.set()
                may_commit.wait(PATIENCE)
        except Exception as error:
            problems.append(error)
            has_acted.set()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert has_acted.wait(PATIENCE)
        yield
    finally:
        may_commit.set()
        thread.join(PATIENCE)
    assert not problems, problems


def test_what_was_written_is_counted_when_the_queue_is_read():
    make.make_referral(upto="repaired")
    read_everything()
    assert counted("repairs_done") == 1
    assert not is_left_to_read()


def test_a_long_queue_is_read_in_batches():
    make.make_referral(upto="repaired")
    make.make_referral(upto="quoted")
    read_everything()
    Reader.objects.update(transaction=0, last_id=0)
    left = Change.objects.count()
    for read in (4, 4, left - 8, 0):
        assert cells.bring_up_to_date(batch=4) == min(read, 4)
    assert counted() == 2


def test_a_change_that_is_committed_late_is_not_skipped():
    """The slow one has the lower number: whoever read past it would never see it again."""
    slow, quick = make.make_referral(), make.make_referral()
    read_everything()
    with a_slow_transaction(lambda: make.accept(slow, date(2026, 3, 12))):
        make.accept(quick, date(2026, 3, 12))
        cells.bring_up_to_date()
        assert is_left_to_read()
        assert counted("referrals_accepted") == 0
    assert Change.objects.latest("transaction").referral_id == quick.pk
    read_everything()
    assert counted("referrals_accepted") == 2


def test_what_was_settled_before_a_slow_transaction_began_is_read_meanwhile():
    make.make_referral()
    read_everything()
    slow = make.make_referral()
    while Change.objects.settled_after(0, 0).count() < Change.objects.count():
        pass
    with a_slow_transaction(lambda: make.accept(slow, date(2026, 3, 12))):
        cells.bring_up_to_date()
        assert counted() == 2


def test_a_change_that_was_rolled_back_is_not_counted():
    referral = make.make_referral()
    with transaction.atomic():
        make.accept(referral, date(2026, 3, 12))
        transaction.set_rollback(True)
    read_everything()
    assert counted("referrals_accepted") == 0


def test_a_second_worker_leaves_the_queue_to_the_first():
    make.make_referral()
    read_everything()
    make.make_referral()
    with a_slow_transaction(lambda: Reader.objects.take(cells.READER)):
        assert cells.bring_up_to_date() == 0
        assert counted() == 1
    read_everything()
    assert counted() == 2


def test_two_workers_at_the_same_moment_count_once():
    for _ in range(3):
        make.make_referral(upto="quoted", outcome=Outcome.QUOTE_DECLINED)
    start = threading.Barrier(2)

    def work():
        try:
            start.wait(PATIENCE)
            read_everything()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (counted(), counted("quotes_proposed"), counted("referrals_lost", LossCell)) == (3, 3, 3)


def test_changes_read_again_count_nothing_again():
    make.make_referral(upto="repaired")
    read_everything()
    Reader.objects.update(transaction=0, last_id=0)
    read_everything()
    assert (counted(), counted("repairs_done")) == (1, 1)


def test_a_restored_database_that_counts_its_transactions_afresh_is_read_on():
    make.make_referral()
    read_everything()
    Reader.objects.update(transaction=2**60)
    make.make_referral()
    cells.bring_up_to_date()
    assert Reader.objects.get().transaction < 2**60
    read_everything()
    assert counted() == 2


def test_the_task_reads_until_nothing_is_left(monkeypatch):
    answers = iter([1000, 1000, 7, 0, "not asked"])
    monkeypatch.setattr(cells, "bring_up_to_date", lambda: next(answers))
    tasks.read_changes.delay()
    assert next(answers) == "not asked"


def test_the_task_ends_even_if_the_queue_does_not(monkeypatch):
    asked = []
    monkeypatch.setattr(cells, "bring_up_to_date", lambda: asked.append(1) or 1000)
    tasks.read_changes.delay()
    assert len(asked) == tasks.MOST_BATCHES


class TestRecount:
    @pytest.fixture(autouse=True)
    def _history(self):
        make.make_referral(upto="repaired")
        make.make_referral(upto="quoted", outcome=Outcome.QUOTE_DECLINED, sent_on=date(2026, 1, 5))
        read_everything()

    def test_right_cells_are_left_alone(self):
        assert cells.recount_all() == 0
        assert cells.recount_all() == 0

    @pytest.mark.parametrize(
        ("damage", "wrong"),
        [
            (lambda: PlaceCell.objects.filter(month=date(2026, 3, 1)).update(repairs_done=9), 1),
            (lambda: PlaceCell.objects.all().delete(), 2),
            (lambda: LossCell.objects.update(referrals_lost=F("referrals_lost") + 1), 1),
            (
                lambda: PlaceCell.objects.create(
                    month=date(2020, 1, 1), region_id="84", department_id="42", repairs_done=1
                ),
                1,
            ),
            (lambda: Contribution.objects.filter(month=date(2026, 3, 1)).delete(), 0),
            # the referral's row and its garage's, and their place: less in one department, more in the other
            (lambda: Referral.objects.filter(state="completed").update(department="69"), 6),
        ],
    )
    def test_wrong_cells_are_counted_and_made_right(self, damage, wrong):
        before = {model: self._sums(model) for model in (Cell, PlaceCell, LossCell)}
        damage()
        assert cells.recount_all() == wrong
        assert cells.recount_all() == 0
        assert {model: self._sums(model) for model in before} == before
        assert Contribution.objects.count() == 4

    def _sums(self, model):
        return model.objects.aggregate(**{name: Sum(name) for name in cells.SUMS[model][1]})

    def test_what_waits_in_the_queue_is_late_not_wrong(self):
        referral = make.make_referral(upto="sent")
        assert cells.recount_all() == 0
        assert counted() == 2
        make.accept(referral, date(2026, 3, 12))
        read_everything()
        assert cells.recount_all() == 0
        assert counted() == 3

    def test_the_command_says_that_nothing_differs(self, capsys):
        call_command("recount_cells")
        assert "Aucune cellule" in capsys.readouterr().out

    def test_the_command_fails_where_something_did(self):
        PlaceCell.objects.update(repairs_done=9)
        with pytest.raises(CommandError, match="2 cellules"):
            call_command("recount_cells")

    def test_the_nightly_task_makes_them_right(self):
        PlaceCell.objects.update(repairs_done=9)
        tasks.recount_cells.delay()
        assert counted("repairs_done") == 1
