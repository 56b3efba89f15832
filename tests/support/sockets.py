"""Raw bytes over a TCP connection."""

import socket

import httpx


def connect(url):
    return socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=10)


def exchange(url, sent):
    """All bytes received in response to `sent`, until the server closes the connection."""
    with connect(url) as connection:
        connection.sendall(sent)
        return read_to_the_end(connection)


def read_to_the_end(connection):
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def read_until(connection, end):
    """All bytes received up to `end`."""
    received = b""
    while not received.endswith(end):
        piece = connection.recv(65_536)
        assert piece, received
        received += piece
    return received
