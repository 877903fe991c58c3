from hashlib import sha256

from shared.obligations import TEXT_VERSION, host_obligations

TEXTS = {1: "803f371b55b9bbf0"}


def test_another_wording_has_another_version() -> None:
    """What hosts accepted is kept as a version: add the digest of a new wording here, under a version of its own."""
    both = "\n".join([*host_obligations("in person"), *host_obligations("remote")])
    assert sha256(both.encode()).hexdigest()[:16] == TEXTS[TEXT_VERSION]


def test_who_works_from_home_is_paid_no_travel_back() -> None:
    assert any("travel" in each for each in host_obligations("hybrid"))
    assert not any("travel" in each for each in host_obligations("remote"))
