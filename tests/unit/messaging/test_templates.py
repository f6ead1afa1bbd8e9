"""Templates: what tenants may write, and everything they may not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.messaging.rules.templates import MAX_OUTPUT, TemplateInvalid, check, render, variables_of

VALUES = {
    "contact": {"first_name": "Jo", "last_name": "", "name": "Jo"},
    "booking": {
        "day": "Friday",
        "date": "25 September",
        "time": "9:00 am",
        "service": "MRI knee",
        "practitioner": "Dr Lim",
        "location": "Harbour Street",
        "previous_day": "",
        "previous_time": "",
    },
    "business": {"name": "Harbour & Co", "phone": "02 9876 5432", "address": ""},
}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("Hi {{ contact.first_name }}!", "Hi Jo!"),
        ("{{ contact.last_name|default('there', true)|upper }}", "THERE"),
        (
            "{% if booking.location %}At {{ booking.location }}{% else %}Call us{% endif %}",
            "At Harbour Street",
        ),
        ("{% if contact.last_name %}x{% elif booking.service == 'MRI knee' %}knee{% endif %}", "knee"),
        ("{{ booking.day if booking.day != 'Monday' else 'today' }}", "Friday"),
        ("{% if not contact.last_name and booking.time is defined %}ok{% endif %}", "ok"),
        ("{# a note #}{{ business.name }}", "Harbour & Co"),
        ("plain } { %", "plain } { %"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("", ""),
    ],
)
def test_what_is_allowed(source: str, wanted: str) -> None:
    assert render(source, VALUES) == wanted


def test_html_is_escaped() -> None:
    values = {**VALUES, "contact": {"first_name": "<script>"}}
    assert (
        render("{{ contact.first_name }} {{ business.name }}", values, "html")
        == "&lt;script&gt; Harbour &amp; Co"
    )
    assert render("{{ contact.first_name }}", values) == "<script>"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% for x in contact %}{{ x }}{% endfor %}", "loops"),
        ("{{ contact.first_name.upper() }}", "calls"),
        ("{{ range(9) }}", "calls"),
        ("{{ contact['first_name'] }}", "subscripts"),
        ("{{ contact.first_name[0] }}", "subscripts"),
        ("{% set x = 1 %}", "assignments"),
        ("{% macro m() %}{% endmacro %}", "macros"),
        ("{% include 'x' %}", "other templates"),
        ("{% extends 'x' %}", "other templates"),
        ("{{ [1, 2] }}", "lists"),
        ("{{ 'a' * 1000000000 }}", "not allowed"),
        ("{{ 9 ** 999999999 }}", "not allowed"),
        ("{{ 1 + 1 }}", "not allowed"),
        ("{{ 'a' ~ 'b' }}", "not allowed"),
        ("{{ -1 }}", "not allowed"),
        ("{{ '%999999999d' % 1 }}", "not allowed"),
        ("{% if 1 < 2 %}{% endif %}", "only == and !="),
        ("{% if 'a' in contact.name %}{% endif %}", "only == and !="),
        ("{{ contact.first_name|center(999999999) }}", "'center' is not allowed"),
        ("{{ contact.first_name|attr('x') }}", "'attr' is not allowed"),
        ("{{ contact.first_name|safe }}", "'safe' is not allowed"),
        ("{{ contact.first_name|default(contact.name) }}", "arguments"),
        ("{{ contact.first_name|upper(1) }}", "arguments"),
        ("{% filter upper %}x{% endfilter %}", "not allowed"),
        ("{% autoescape false %}x{% endautoescape %}", ""),
        ("{% if contact.name is string %}{% endif %}", "'string' is not allowed"),
        ("{{ contact.__class__ }}", "contact has no '__class__'"),
        ("{{ contact.first_name.__class__ }}", "this has no"),
        ("{{ contact.items }}", "contact has no 'items'"),
        ("{{ secret }}", "'secret' is not known here; known are booking, business, contact"),
        ("{{ self }}", "not known"),
        ("{{ loop }}", "not known"),
        ("{{ contact.first_name", "Line 1"),
        ("\n\n{% if %}", "Line 3"),
        ("{% endif %}", "Line 1"),
        ("{{ 1.5 }}", "only texts"),
        ("{{ none }}", "only texts"),
        ("{{ " + "9" * 5_000 + " }}", "cannot be read"),
        ("{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", "too long"),
        ("{{ " + "not " * 4_000 + "1 }}", "too long"),
        ("{{ " + "contact." * 2_000 + "name }}", "too long"),
        ("{% if 1 %}" * 7 + "{% endif %}" * 7, "too deeply"),
        ("{% if 1 %}" * 500, "too deeply"),
        ("{{ 1 }}" * 61, "more than 60 tags"),
        ("a" * 20_001, "longer than 20000"),
    ],
)
def test_what_is_not(source: str, why: str) -> None:
    began = time.process_time()
    with pytest.raises(TemplateInvalid) as error:
        check(source)
    assert why in error.value.detail
    assert time.process_time() - began < 0.5


def test_a_missing_value_is_an_error_that_names_it() -> None:
    with pytest.raises(TemplateInvalid, match="first_name"):
        render("{{ contact.first_name }}", {"contact": {}})
    with pytest.raises(TemplateInvalid, match="contact"):
        render("{{ contact.first_name }}", {})


def test_output_is_bounded() -> None:
    values = {**VALUES, "contact": {"first_name": "x" * 2_000}}
    with pytest.raises(TemplateInvalid, match="longer than 5000"):
        render("{{ contact.first_name }}" * 3, values)
    with pytest.raises(TemplateInvalid, match=r"contact\.first_name is longer than 2000"):
        render("{{ contact.first_name }}", {"contact": {"first_name": "x" * 2_001}})


def test_values_are_text_and_nothing_else() -> None:
    assert render("{{ contact.first_name }}", {"contact": {"first_name": None}}) == ""
    assert (
        render("{{ contact.first_name }}", {"contact": {"first_name": "{{ business.name }}"}})
        == "{{ business.name }}"
    )


def test_variables_of() -> None:
    source = "{% if booking.location %}{{ contact.first_name|upper }}{% endif %}"
    assert variables_of(source) == {"booking.location", "contact.first_name"}
    assert variables_of("{{ code }}", {"code": frozenset()}) == {"code"}
    assert render("{{ code }}", {"code": 123456}, "text", {"code": frozenset()}) == "123456"


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " contact",
        ".first_name",
        " booking.day",
        " if ",
        " else ",
        "endif",
        "elif ",
        "|upper",
        "|default('x')",
        "'a'",
        "(",
        ")",
        "[0]",
        " == ",
        " and ",
        " not ",
        " for x in ",
        "1",
        "*",
        "\n",
        "text ",
        ".__class__",
        "raw",
        "endraw",
        "-",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_any_source_renders_bounded_or_is_refused(source: str) -> None:
    try:
        text = render(source, VALUES)
    except TemplateInvalid:
        return
    assert len(text) <= MAX_OUTPUT["text"]
    assert "<class" not in text
