"""Where the server may listen and what it may be called: this machine unless TLS and the word for it are there."""

from __future__ import annotations

import socket

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.serving import ServerAddress
from eventmon.web.host_names import is_local, listening_socket, names_of, require_permitted, url_of


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_this_machine_needs_nothing(host: str) -> None:
    assert is_local(host)
    require_permitted(ServerAddress(host=host))


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "169.254.1.1", "team.example", "localhost.evil.example", "1"]
)
def test_every_other_address_needs_the_word_and_tls(host: str) -> None:
    assert not is_local(host)
    with pytest.raises(UserError, match="--allow-remote"):
        require_permitted(ServerAddress(host=host))
    with pytest.raises(UserError, match="--allow-remote"):
        require_permitted(ServerAddress(host=host, self_made=True))
    with pytest.raises(UserError, match="needs TLS"):
        require_permitted(ServerAddress(host=host, allow_remote=True))
    require_permitted(ServerAddress(host=host, allow_remote=True, self_made=True))
    require_permitted(ServerAddress(host=host, allow_remote=True, certificate="a.pem", key="b.pem"))


def test_contradictions_are_refused() -> None:
    for certificate, key in (("a.pem", ""), ("", "b.pem")):
        with pytest.raises(UserError, match="--tls-key"):
            require_permitted(ServerAddress(certificate=certificate, key=key))
    with pytest.raises(UserError, match="not both"):
        require_permitted(ServerAddress(certificate="a.pem", key="b.pem", self_made=True))


def test_this_machine_goes_by_its_local_names_alone() -> None:
    assert names_of(ServerAddress()) == ("127.0.0.1", "localhost", "::1")
    assert names_of(ServerAddress(host="localhost", names=("Shop.Test.",))) == (
        "shop.test",
        "localhost",
        "127.0.0.1",
        "::1",
    )


def test_one_address_goes_by_what_was_given_alone() -> None:
    assert names_of(ServerAddress(host="192.168.1.5", names=("wall.example",))) == ("192.168.1.5", "wall.example")


def test_all_addresses_go_by_the_machine_s_own_names() -> None:
    names = names_of(ServerAddress(host="0.0.0.0", names=("wall.example",)))
    assert names[0] == "wall.example"
    assert socket.gethostname().lower() in names
    assert "0.0.0.0" not in names


@pytest.mark.parametrize(
    ("name", "port", "tls", "url"),
    [
        ("127.0.0.1", 8765, False, "http://127.0.0.1:8765"),
        ("::1", 8765, False, "http://[::1]:8765"),
        ("wall.example", 443, True, "https://wall.example"),
        ("wall.example", 443, False, "http://wall.example:443"),
        ("localhost", 80, False, "http://localhost"),
    ],
)
def test_addresses_are_written_as_browsers_write_them(name: str, port: int, tls: bool, url: str) -> None:
    assert url_of(name, port, tls=tls) == url


def test_a_taken_port_and_a_strange_address_are_said() -> None:
    with listening_socket(ServerAddress(port=0)) as first:
        port = first.getsockname()[1]
        assert first.getsockname()[0] == "127.0.0.1"
        with pytest.raises(UserError, match="in use already"):
            listening_socket(ServerAddress(port=port))
    with pytest.raises(UserError, match="no address of this machine"):
        listening_socket(ServerAddress(host="no-such-host.invalid", port=0))
    with pytest.raises(UserError, match="cannot be used"):
        listening_socket(ServerAddress(host="192.0.2.1", port=0))
