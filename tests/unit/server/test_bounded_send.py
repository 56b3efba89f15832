"""Large responses that are refused: the error has an ID, even if the response has none."""

import json

from gateway.server.bounded_send import BoundedSend
from gateway.server.deliveries import Cause


class FullDeliveries:
    """Deliveries of a client that has not read its earlier responses."""

    async def admit(self, delivery):
        self.request_id = delivery.request_id
        return Cause.CLIENT_LIMIT


async def refused(*headers):
    messages, deliveries = [], FullDeliveries()

    async def send(message):
        messages.append(message)

    bounded_send = BoundedSend(send, lambda: "client", deliveries, flow=None)  # type: ignore[arg-type]  # unused
    await bounded_send({"type": "http.response.start", "status": 200, "headers": [*headers]})
    await bounded_send({"type": "http.response.body", "body": bytes(10**7)})
    await bounded_send.finish()
    start, body = messages
    [error] = json.loads(body["body"])["errors"]
    return dict(start["headers"]), error["extensions"]["requestId"], deliveries.request_id


async def test_refusal_of_a_public_response_has_an_id():
    headers, request_id, logged_id = await refused(
        (b"cache-control", b"public, max-age=600"), (b"cache-tag", b"best-osu")
    )
    assert headers[b"x-request-id"].decode() == request_id == logged_id != ""
    assert headers[b"cache-control"] == b"no-store"
    assert b"cache-tag" not in headers


async def test_refusal_has_the_id_of_its_request():
    headers, request_id, logged_id = await refused((b"x-request-id", b"client-1"))
    assert headers[b"x-request-id"].decode() == request_id == logged_id == "client-1"
