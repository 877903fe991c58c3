from datetime import timedelta

from services.intake.rules.people import Known, facts_in, is_overtaken, recorded
from shared.contracts.submissions import HostFacts
from tests.support.intake import OPENS, a_host_record

FACTS = facts_in(a_host_record(), HostFacts)
OTHER = facts_in(a_host_record(city="Leeds"), HostFacts)
LATER = OPENS + timedelta(hours=1)


def test_a_new_host_has_its_first_version() -> None:
    assert recorded(FACTS, OPENS, None) == Known(1, FACTS, OPENS)


def test_a_record_that_changes_nothing_makes_no_new_version() -> None:
    assert recorded(FACTS, LATER, Known(4, FACTS, OPENS)) == Known(4, FACTS, LATER)


def test_a_record_that_changes_a_fact_makes_the_next_version() -> None:
    assert recorded(OTHER, LATER, Known(4, FACTS, OPENS)) == Known(5, OTHER, LATER)


def test_a_record_that_arrives_after_a_newer_one_is_overtaken() -> None:
    assert is_overtaken(OPENS, Known(1, FACTS, LATER))
    assert not is_overtaken(OPENS, Known(1, FACTS, OPENS))
    assert not is_overtaken(OPENS, None)
