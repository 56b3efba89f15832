"""Bytes as they are, over a connection of one's own."""

import socket

import httpx


def connect(url):
    return socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=10)


def exchange(url, sent):
    with connect(url) as connection:
        connection.sendall(sent)
        return read_to_the_end(connection)


def read_to_the_end(connection):
    answer = b""
    while piece := connection.recv(65_536):
        answer += piece
    return answer
