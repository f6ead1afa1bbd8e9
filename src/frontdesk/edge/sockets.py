"""A hibernating socket of a Durable Object as `core.live.Line`."""

from contextlib import suppress
from typing import Any

from pyodide.ffi import JsException

from frontdesk.core.live import Listener


class Socket:
    """Its listener rides in its attachment, and so outlives the object's memory."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.listener = Listener.model_validate_json(str(raw.deserializeAttachment()))

    def send(self, text: str) -> None:
        """Says nothing when the other end is gone: its close event tells the rest."""
        with suppress(JsException):
            self._raw.send(text)

    def close(self, code: int, reason: str) -> None:
        """Hangs up."""
        with suppress(JsException):
            self._raw.close(code, reason)

    def remember(self, listener: Listener) -> None:
        """Keeps this with the socket."""
        self.listener = listener
        self._raw.serializeAttachment(listener.model_dump_json())
