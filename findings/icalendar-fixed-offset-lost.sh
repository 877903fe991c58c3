#!/usr/bin/env bash
# icalendar 7.3.0, Python 3.11
#
# A time with a fixed offset, as fromisoformat("...+01:00") gives it, is written with TZID="UTC+01:00": a name that is
# in no list of time zones. add_missing_timezones(), made for zones that lack their definition, neither adds one nor
# complains. The same library then reads the time back without any zone: the offset is lost. (A ZoneInfo is kept.)
#
# Seen:
#   UTC+01:00: DTSTART;TZID="UTC+01:00":20270101T110000
#     definitions added: 0, missing still: {'UTC+01:00'}, read: 2027-01-01T11:00:00
#   Europe/Paris: DTSTART;TZID=Europe/Paris:20270101T110000
#     definitions added: 1, missing still: set(), read: 2027-01-01T11:00:00+01:00

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet icalendar==7.3.0

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


def written_and_read(start: datetime) -> datetime:
    event = Event()
    event.add("uid", "1")
    event.add("dtstamp", start)
    event.add("dtstart", start)
    calendar = Calendar.new(subcomponents=[event])
    calendar.add_missing_timezones()
    text = calendar.to_ical().decode()
    read = Calendar.from_ical(text).events[0].start

    line = next(line for line in text.splitlines() if line.startswith("DTSTART;"))
    print(f"{start.tzinfo}: {line}")
    missing = calendar.get_missing_tzids()
    print(f"  definitions added: {len(calendar.timezones)}, missing still: {missing}, read: {read.isoformat()}")
    return read


offset = datetime.fromisoformat("2027-01-01T11:00:00+01:00")
assert written_and_read(offset) == datetime(2027, 1, 1, 11)
paris = datetime(2027, 1, 1, 11, tzinfo=ZoneInfo("Europe/Paris"))
assert written_and_read(paris) == paris
PYTHON
