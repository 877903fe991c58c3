import csv
import re
from pathlib import Path

from services.intake.rules.careers import SECTORS, SIC_2007, SOC_2020, sector_of, sectors

TERM = Path(__file__).parents[3] / "ninthweek" / "demonstration" / "terms" / "trinity-2027"


def test_every_sector_of_the_term_leads_somewhere() -> None:
    with (TERM / "hosts.csv").open(newline="") as file:
        names = {row["sector"] for row in csv.DictReader(file)}
    assert names <= SECTORS.keys()
    assert all(sector_of(name).careers and sector_of(name).industries and sector_of(name).about for name in names)


def test_codes_have_the_form_of_their_standards_and_each_is_used() -> None:
    assert all(re.fullmatch("[A-U]", code) for code in SIC_2007)
    assert all(re.fullmatch("[1-9][1-9][1-9][0-9]", code) for code in SOC_2020)
    used = {coded.code for sector in SECTORS.values() for coded in (*sector.industries, *sector.careers)}
    assert used == SIC_2007.keys() | SOC_2020.keys()


def test_sectors_have_pages_of_their_own() -> None:
    assert len({sector.slug for sector in SECTORS.values()}) == len(SECTORS)


def test_an_unknown_sector_has_nothing_but_its_name() -> None:
    assert (sector_of("Space & time").name, sector_of("Space & time").careers) == ("Space & time", ())


def test_sectors_are_listed_with_their_projects_whether_they_have_any_or_not() -> None:
    counts = {sector.name: sector.projects for sector in sectors({"Finance": 3, "Space & time": 1})}
    assert (counts["Finance"], counts["Space & time"], counts["Law"]) == (3, 1, 0)
    assert list(counts) == sorted(counts)
