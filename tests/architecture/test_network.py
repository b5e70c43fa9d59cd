"""The suite's own rule: no host but this one is reached."""

import socket
import threading

import pytest


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")])
def test_connecting_to_another_host_is_blocked(family, address):
    """A connection to an address that is not loopback fails before a packet leaves."""
    with socket.socket(family) as s, pytest.raises(Exception, match=r"no host but this one"):
        s.connect((address, 80))


def test_looking_up_another_host_is_blocked():
    """A name is not even looked up."""
    with pytest.raises(Exception, match=r"no host but this one"):
        socket.getaddrinfo("example.org", 443)


def test_loopback_answers():
    """A server of the test's own on loopback is reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up():
            server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with socket.create_connection(server.getsockname(), timeout=5) as s:
            assert s.recv(1) == b""
