"""`Range`: what nobody can meet is passed over, and what lies beyond a file is refused in words."""

import httpx
import pytest

from tests.service.conftest import Server

FILE = "/docs/swagger-ui.css"


@pytest.mark.parametrize(
    "said",
    ["bytes=5-2", "lines=1-2", "bytes=", "bytes", "bytes=a-b", "bytes=" + "0-0," * 100 + "1-1"],
)
def test_a_range_that_is_none_gets_the_whole_file(server: Server, said: str) -> None:
    answer = httpx.get(f"{server.url}{FILE}", headers={"Range": said})
    assert (answer.status_code, "content-range" in answer.headers) == (200, False)
    assert len(answer.content) > 1_000


def test_two_headers_of_ranges_are_passed_over(server: Server) -> None:
    said = [("Range", "bytes=0-0"), ("Range", "bytes=1-1")]
    assert httpx.get(f"{server.url}{FILE}", headers=said).status_code == 200


def test_head_has_no_ranges(server: Server) -> None:
    answer = httpx.head(f"{server.url}{FILE}", headers={"Range": "bytes=0-0"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 1_000


def test_a_range_is_answered_with_its_bytes(server: Server) -> None:
    whole = httpx.get(f"{server.url}{FILE}").content
    for said, part in (("bytes=0-9", whole[:10]), ("Bytes= -5", whole[-5:])):
        answer = httpx.get(f"{server.url}{FILE}", headers={"Range": said})
        assert (answer.status_code, answer.content) == (206, part)


def test_a_range_beyond_the_end_is_refused_in_words(server: Server) -> None:
    size = len(httpx.get(f"{server.url}{FILE}").content)
    headers = {"Range": f"bytes={size}-", "Accept-Language": "en"}
    answer = httpx.get(f"{server.url}{FILE}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (416, "range_beyond_end")
    assert answer.headers["content-range"] == f"bytes */{size}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"({size} bytes)" in answer.json()["detail"]
