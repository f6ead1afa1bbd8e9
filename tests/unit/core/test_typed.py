"""What people type: one line or several, nothing invisible where something is to be seen."""

import pytest
from pydantic import TypeAdapter, ValidationError

from frontdesk.contacts.api.people import ContactEdit, NewContact
from frontdesk.core.typed import Line, Note, Title, visible
from frontdesk.messaging.api.composer import Words
from frontdesk.tasks.api import NewTask

NOTHING = ["", " ", "\u200b", "\u202e \u200d", "\u2060\u00a0"]
NEVER_STORED = ["a\x00b", "a\x1bb", "a\x7fb"]


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_to_see_is_no_title(text: str) -> None:
    assert not visible(text)
    for model, field in ((NewTask, "title"), (NewContact, "source")):
        with pytest.raises(ValidationError):
            model.model_validate({"due_at": 1, field: text})
    with pytest.raises(ValidationError):
        ContactEdit(version=1, tags=[text])


@pytest.mark.parametrize("text", NEVER_STORED)
def test_control_characters_are_refused_wherever_something_is_typed(text: str) -> None:
    for type_ in (Line, Note, Title):
        with pytest.raises(ValidationError):
            TypeAdapter(type_).validate_python(text)
    for words in ({"body": text}, {"subject": text}):
        with pytest.raises(ValidationError):
            Words.model_validate({"channel": "email", **words})


def test_one_line_has_no_second_and_a_note_may() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Title).validate_python("Call\nher")
    assert TypeAdapter(Note).validate_python("  Call\n\ther ") == "Call\n\ther"


@pytest.mark.parametrize("text", ["نیم\u200cفاصله", "👩🏽‍⚕️", "Ł", "–"])
def test_what_people_really_write_is_taken_as_it_is(text: str) -> None:
    assert TypeAdapter(Title).validate_python(text) == text


def test_a_tag_said_twice_is_had_once() -> None:
    assert ContactEdit(version=1, tags=["vip", " vip ", "new"]).tags == ["vip", "new"]
