"""Ids sort in the order in which they were made."""

from shared.identifiers import new_id


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_7() -> None:
    identifier = new_id()
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
