"""Pages of the web, from a real server on loopback; and what must never be connected to."""

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from index.errors import ArticleError
from index.model import Article
from index.sources import read_url
from index.sources.web.fetch import Address, fetch, is_public

PAGE = b"<html><head><title>Ice</title></head><body><article><h1>Ice</h1><p>The ferry to the "
PAGE += b"island is late because of ice. It sails on Friday.</p></article></body></html>"


PAGES = {
    "/page": PAGE,
    "/page-without-beginning": b"<head><title>Ice</title></head><body><p>Ice is late.</p></body>",
    "/page-of-another": PAGE.replace(
        b"</title>", b"</title><link rel=canonical href='https://news.example/ice'>"
    ),
    "/rows": b'{"id": "a", "text": "It rained."}\n{"text": "It snowed."}\n',
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8" if "page" in self.path else "")
        self.end_headers()
        with suppress(OSError):  # the client has left
            while self.path == "/drips":
                self.wfile.write(b" ")
                time.sleep(0.02)
            self.wfile.write(PAGES.get(self.path.partition("?")[0], b"x" * 21_000_000))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def here(address: Address) -> bool:
    """What a test may connect to."""
    return str(address) == "127.0.0.1"


def test_an_address_that_is_too_long_to_be_an_id_is_told(site: str) -> None:
    long = "/page?" + "x" * 3_000
    for url in (f"{site}/to/{long}", f"{site}{long}"):
        (found,) = read_url(url, allowed=lambda address: True)
        assert isinstance(found, ArticleError)
        assert "an address that is no id: id is longer than 2000" in str(found)


def test_a_page_is_an_article_under_its_address(site: str) -> None:
    (found,) = read_url(f"{site}/to//page", allowed=here)
    assert isinstance(found, Article)
    assert (found.id, found.url, found.title) == (f"{site}/page", f"{site}/page", "Ice")
    assert "late because of ice" in found.text


def test_a_place_on_a_page_is_no_other_page(site: str) -> None:
    (found,) = read_url(f"{site}/page#sailings", allowed=here)
    assert isinstance(found, Article)
    assert (found.id, found.url) == (f"{site}/page",) * 2
    assert found.former_ids == (f"{site}/page#sailings",)


def test_a_page_is_read_as_one_however_it_begins(site: str) -> None:
    (found,) = read_url(f"{site}/page-without-beginning", allowed=here)
    assert isinstance(found, Article)
    assert found.text == "Ice is late."


def test_a_page_does_not_say_which_article_it_replaces(site: str) -> None:
    (found,) = read_url(f"{site}/page-of-another", allowed=here)
    assert isinstance(found, Article)
    assert (found.id, found.url) == (f"{site}/page-of-another",) * 2


def test_rows_are_the_articles_that_they_say(site: str) -> None:
    first, second = read_url(f"{site}/rows", allowed=here)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.id, second.text) == ("a", "It snowed.")
    assert second.id.startswith("stdin:")


def test_a_server_that_drips_is_left(site: str) -> None:
    with pytest.raises(ArticleError, match="cannot be fetched"):
        fetch(f"{site}/drips", here, seconds=0.3)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/none", "status 404"),
        ("/large", "larger than"),
        ("/to/http://127.0.0.2/page", "not an address of the public internet"),
        ("/to/file:///etc/passwd", "no http or https address"),
        ("/to//to//to//to//to//to//to//page", "redirects more than"),
    ],
)
def test_what_is_no_page_is_named(site: str, path: str, told: str) -> None:
    with pytest.raises(ArticleError, match=told):
        fetch(site + path, here)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://0.0.0.0/",
        "http://2130706433/", "ftp://example.org/", "http://", "http://[", "nothing",
    ],
)  # fmt: skip
def test_nothing_private_is_connected_to(url: str) -> None:
    (found,) = read_url(url)
    assert isinstance(found, ArticleError)


PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255
    128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0
    192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0
    203.0.112.255 203.0.114.0 223.255.255.255
    2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:ffff:: 2001:db9:: 2003:: 2606:2800:220:1::1
    2620:4f:7fff:: 2620:4f:8001:: 2a00:1450::1 3ffe:ffff:: 3fff:1000::
    2a00::5efe:808:808 2a00::200:5efe:808:808
    ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
"""

PRIVATE = """
    0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1
    127.255.255.255 169.254.0.0 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.9
    192.0.0.170 192.0.0.255 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.0
    192.168.255.255 192.175.48.1 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 100::1 100:0:0:1::1 1fff:ffff:: 2001:: 2001:1::1 2001:2::1
    2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:1ff:ffff:: 2001:db8::1 2001:db8:ffff::
    2620:4f:8000::1 3fff:: 3fff:fff:ffff:: 4000:: 5f00::1 8000:: fbff:: fc00::1 fd12::1 fe80::1
    fe80::1%1 febf:: fec0::1 feff:: ff02::1 ff0e::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:7f00:1 ::ffff:0:808:808
    64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::a00:1 64:ff9b:1::808:808
    2002:7f00:1:: 2002:a9fe:a9fe::1 2002:c0a8:101:: 2001:0:808:808::f7f7:f7f7
    2001:0:7f00:1::1 fe80::5efe:a00:1 2a00::5efe:7f00:1 2a00::5efe:a9fe:a9fe
    2a00::200:5efe:c0a8:101
"""


def test_what_is_public() -> None:
    table = (PUBLIC + PRIVATE).split()
    assert [one for one in table if is_public(ipaddress.ip_address(one))] == PUBLIC.split()
