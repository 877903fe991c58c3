from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.intake.rules.documents import LARGEST_DOCUMENT
from tests.services.intake.front_door import PORTAL, FrontDoor
from tests.support.intake import a_pdf


def files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_a_document_is_kept_and_read(door: FrontDoor) -> None:
    data = a_pdf()
    answer = await door.post_document(data)

    assert answer.status_code == 201
    taken = answer.json()
    assert taken.pop("document_id")
    assert taken == {"sha256": sha256(data).hexdigest(), "size": len(data), "pages": 1, "fault": None}


@pytest.mark.parametrize(("data", "pages"), [(a_pdf(2), 2), (b"Curriculum vitae", None), (b"", None)])
async def test_any_document_is_kept_and_its_fault_is_named(door: FrontDoor, data: bytes, pages: int | None) -> None:
    answer = await door.post_document(data)
    assert (answer.status_code, answer.json()["pages"]) == (201, pages)
    assert answer.json()["fault"]


async def test_the_same_content_is_kept_and_read_once(door: FrontDoor, documents_folder: Path) -> None:
    first, second = await door.send_cv(), await door.send_cv()

    assert first != second
    assert await door.intake.connection.fetchval("select count(*) from contents") == 1
    assert files_in(documents_folder) == 1


async def test_staff_may_save_a_document(door: FrontDoor) -> None:
    document_id = await door.send_cv(a_pdf())
    answer = await door.intake.http.get(f"/documents/{document_id}")

    assert answer.content == a_pdf()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await door.intake.http.get(f"/documents/{document_id}", headers=PORTAL)).status_code == 404


async def test_what_is_not_a_pdf_is_not_served_as_one(door: FrontDoor) -> None:
    document_id = await door.send_cv(b"<script>")
    answer = await door.intake.http.get(f"/documents/{document_id}")
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_a_document_that_nobody_sent_is_not_found(door: FrontDoor) -> None:
    answer = await door.intake.http.get("/documents/01990a4e-7c00-7000-8000-000000000042")
    assert answer.status_code == 404


@pytest.mark.parametrize(("size", "status"), [(LARGEST_DOCUMENT, 201), (LARGEST_DOCUMENT + 1, 413), (8_000_000, 413)])
async def test_a_document_has_at_most_five_megabytes(door: FrontDoor, size: int, status: int) -> None:
    assert (await door.post_document(bytes(size))).status_code == status


async def test_staff_name_the_system_for_which_they_send_a_document(door: FrontDoor) -> None:
    async def status(path: str) -> int:
        return (await door.intake.http.post(path, files={"file": ("cv.pdf", a_pdf())})).status_code

    assert await status("/documents") == 422
    assert await status("/documents?source=nobody") == 422
    assert await status("/documents?source=careers-portal") == 201


async def test_a_system_sends_documents_as_itself_alone(door: FrontDoor) -> None:
    answer = await door.post_document(a_pdf(), params={"source": "student-records"})
    assert [fault["field"] for fault in answer.json()["faults"]] == ["source"]


@pytest.mark.parametrize(
    "request_of",
    [
        {"content": b"%PDF-1.7"},
        {"files": {"cv": ("cv.pdf", b"%PDF-1.7")}},
        {"data": {"file": "text"}},
        {"content": b"--x", "headers": PORTAL | {"Content-Type": "multipart/form-data; boundary=y"}},
    ],
    ids=["no form", "another field", "no file", "no parts"],
)
async def test_a_request_without_the_file_is_refused_with_what_to_send(
    door: FrontDoor, request_of: dict[str, Any]
) -> None:
    answer = await door.intake.http.post("/documents", **{"headers": PORTAL} | request_of)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == ["file"]
