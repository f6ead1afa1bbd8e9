"""What people type into fields: on one line or several, without characters that nobody can see or store."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def visible(text: str) -> bool:
    """Whether there is anything to see: spaces, zero-width and direction marks are nothing."""
    return any(each.isprintable() and not each.isspace() for each in text)


def _something(text: str) -> str:
    if not visible(text):
        raise ValueError("there is nothing to see in it")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")]
"""Text on one line."""
Title = Annotated[Line, AfterValidator(_something)]
"""Text on one line with something to see in it."""
Written = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
"""Text on any number of lines, as it was typed."""
Key = Annotated[str, StringConstraints(max_length=100, pattern=r"^[\w.:-]*$")]
"""What a caller makes up so that asking again for the same thing is harmless; empty: nobody asks again."""
Note = Annotated[Written, StringConstraints(strip_whitespace=True)]
"""The same without the space around it."""
