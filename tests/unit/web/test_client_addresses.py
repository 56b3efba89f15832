"""The client's address in every form of `X-Forwarded-For`."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from gateway.web.client_limits import ClientAddresses

ADDRESSES = ClientAddresses(["127.0.0.1", "10.0.0.0/8"])
V4 = st.ip_addresses(v=4).filter(lambda address: address.packed[0] not in {10, 127})
V6 = st.ip_addresses(v=6).filter(lambda address: not str(address).startswith("::ffff:"))
PORTS = st.one_of(st.integers(1, 65535).map(str), st.from_regex(r"_[a-z]+", fullmatch=True))
V4_FORMS = ("{}", "{}:{}", '"{}:{}"', " {} ", "[::ffff:{}]:{}", "::ffff:{}", "{},", "1.1.1.1, {}:{}, 10.0.0.1:{}")
V6_FORMS = ("{}", "[{}]", "[{}]:{}", '"[{}]:{}"', "{}%eth0", "[{}%25eth0]:{}", "1.1.1.1, [{}]:{},\t10.0.0.1:{}")
ENTRIES = st.one_of(
    st.just("unknown"),
    st.from_regex(r"_[A-Za-z0-9._-]+", fullmatch=True),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters=", \xa0\x85"), min_size=1),
)


def client(*lines, peer="127.0.0.1", addresses=ADDRESSES):
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in lines]
    return addresses.client(HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers}))


@given(V4, st.sampled_from(V4_FORMS), PORTS)
def test_forms_of_an_ipv4_address_are_one_client(address, form, port):
    assert client(form.format(address, port, port)) == client(str(address))


@given(V6, st.sampled_from(V6_FORMS), PORTS)
def test_forms_of_an_ipv6_address_are_one_client(address, form, port):
    assert client(form.format(address, port, port)) == client(str(address))


@given(V6, V6)
def test_ipv6_networks_are_clients(one, other):
    networks = [ip_network((address, 64), strict=False) for address in (one, other)]
    assert (client(f"[{one}]:1") == client(f"[{other}]:2")) == (networks[0] == networks[1])


@given(ENTRIES, ENTRIES)
def test_different_unreadable_entries_are_different_clients(one, other):
    assert (client(one) == client(other)) == (one == other)


@given(ENTRIES, st.sampled_from(["127.0.0.1", "10.0.0.1"]))
def test_unreadable_entry_is_not_its_proxy(entry, proxy):
    assert client(entry, peer=proxy) != client(peer=proxy)


def test_unreadable_entries_of_two_proxies_are_different_clients():
    assert client("unknown", peer="10.0.0.1") != client("unknown", peer="10.0.0.2")


def test_address_before_an_unreadable_entry_cannot_be_forged():
    assert client("203.0.113.7, unknown") != client("203.0.113.7")


@pytest.mark.parametrize("lines", [["203.0.113.7", "10.0.0.1"], ["1.1.1.1", "203.0.113.7", "10.0.0.1"]])
def test_header_in_several_lines_is_one_list(lines):
    assert client(*lines) == "203.0.113.7"


def test_name_of_a_long_entry_is_short():
    assert len(client("a" * 30_000)) < 50


def test_header_of_an_untrusted_peer_is_ignored():
    assert client("203.0.113.7", peer="192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize("network", ["::ffff:10.0.0.0/104", "::ffff:10.0.0.9", "10.0.0.0/8"])
@pytest.mark.parametrize("peer", ["10.0.0.9", "::ffff:10.0.0.9"])
def test_ipv4_proxies_are_trusted_in_both_forms(network, peer):
    assert client("203.0.113.7", peer=peer, addresses=ClientAddresses([network])) == "203.0.113.7"


@pytest.mark.parametrize("network", ["::ffff:10.0.0.0/104", "fd00::/8", "::ffff:10.0.0.9"])
def test_other_networks_are_not_trusted(network):
    assert client("203.0.113.7", peer="11.0.0.9", addresses=ClientAddresses([network])) == "11.0.0.9"
