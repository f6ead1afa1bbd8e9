"""A provider that hangs up before it is answered has been heard: not every one calls again."""

import socket
import struct
import time
from urllib.parse import urlsplit

from seed.api import Api
from seed.office import Office
from support.stage import Stage

LINGER = struct.pack("ii", 1, 0)
"""Closing resets the line (RFC 9293 section 3.5.3), as when a client gives up; else it would only half close."""


def test_a_webhook_is_on_record_though_its_caller_hung_up(stage: Stage, clinic: Office, api: Api) -> None:
    at = urlsplit(stage.runtime.url)
    assert at.hostname and at.port
    head = (
        f"POST /webhooks/wix/{clinic.slug} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: 8\r\n\r\nnonsense"
    )
    stage.runtime.set_storage_delay(500)
    try:
        with socket.create_connection((at.hostname, at.port)) as line:
            line.sendall(head.encode())
            time.sleep(0.2)  # it has been read, and storage is being asked
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
    finally:
        stage.runtime.set_storage_delay(0)
    until = time.monotonic() + 10
    while not (logged := api.items("/api/v1/deliveries")) and time.monotonic() < until:
        time.sleep(0.1)
    assert [each["verdict"] for each in logged] == ["refused"]
