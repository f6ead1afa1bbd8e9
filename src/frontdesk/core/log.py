"""Structured logs: one JSON object a line, stamped with its cause, so that grep follows a trace."""

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from frontdesk.core.errors import FrontdeskError
from frontdesk.core.parsing import dump_json

# ClickSend's path secret, and an unsubscribe link, which holds somebody's address and the proof that it is from us.
_PRIVATE = re.compile(r"(/webhooks/+clicksend/+[^/?#]+/+|/unsubscribe/+)[^?#]+", re.IGNORECASE)


def redacted(path: str) -> str:
    """`path` without what may stand in one and must reach no log, also where it is written in percents."""
    plain = unquote(path)
    safe = _PRIVATE.sub(r"\1***", plain)
    return path if safe == plain else safe


@dataclass(frozen=True, slots=True)
class Log:
    """Writes lines through `emit`; `bound` fields go on each of them."""

    emit: Callable[[str], None]
    bound: Mapping[str, Any]

    def bind(self, **fields: Any) -> "Log":
        """A log that also says `fields`."""
        return Log(self.emit, {**self.bound, **fields})

    def info(self, message: str, **fields: Any) -> None:
        """Something happened."""
        self._write("info", message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        """Something a person may want to look at."""
        self._write("warning", message, fields)

    def error(self, message: str, error: BaseException | None = None, **fields: Any) -> None:
        """Something went wrong; the traceback rides along, values of variables do not."""
        if error is not None:
            fields["error"] = f"{type(error).__name__}: {error}"[:500]
            if isinstance(error, FrontdeskError) and error.because:
                fields["because"] = error.because
            fields["traceback"] = "".join(traceback.format_exception(error))[-4000:]
        self._write("error", message, fields)

    def _write(self, level: str, message: str, fields: Mapping[str, Any]) -> None:
        line = {"level": level, "message": message, **self.bound, **fields}
        try:
            text = dump_json(line)
        except ValueError:
            # What cannot be written as it is must not stop whoever reports it.
            text = dump_json({name: ascii(value) for name, value in line.items()})
        self.emit(text)
