"""Who is recognised by what, and two strangers at once who are one person."""

import asyncio

import pytest

from frontdesk.contacts.actions import Sighting, sighted
from frontdesk.contacts.rules import Contact, Person
from frontdesk.core.again import deciding
from frontdesk.core.errors import Conflict, Invalid
from support.calls import run
from support.desk import JO, Desk

WIX, PHONE, EMAIL = ("wix", "w1"), "+61491570006", "jo@example.com"


def see(desk: Desk, **about: object) -> Contact:
    """Sight a person and commit; the contact."""
    person = Person(**{"source": "wix", **about})  # type: ignore[arg-type]

    async def story() -> Sighting:
        sighting = await sighted(desk.ctx(), person)
        await desk.ctx().commit(sighting.parts)
        return sighting

    return run(story()).contact


def stored(desk: Desk, id_: str) -> dict[str, object]:
    return desk.rows("SELECT * FROM contacts WHERE id = ?", id_)[0]


def identities(desk: Desk, id_: str) -> set[tuple[str, str]]:
    rows = desk.rows("SELECT kind, value FROM contact_identities WHERE contact_id = ?", id_)
    return {(row["kind"], row["value"]) for row in rows}


@pytest.mark.parametrize("known_by", [{"external": WIX}, {"phone": PHONE}, {"email": EMAIL}])
def test_a_person_is_recognised_by_any_one_of_them(known_by: dict[str, object]) -> None:
    desk = Desk()
    first = see(desk, external=WIX, phone=PHONE, email=EMAIL)
    assert see(desk, **known_by).id == first.id
    assert len(desk.rows("SELECT * FROM contacts")) == 1


def test_the_providers_id_beats_the_phone_and_the_phone_beats_the_mail() -> None:
    desk = Desk()
    by_wix, by_phone, by_mail = see(desk, external=WIX), see(desk, phone=PHONE), see(desk, email=EMAIL)
    assert see(desk, external=WIX, phone=PHONE, email=EMAIL).id == by_wix.id
    assert see(desk, phone=PHONE, email=EMAIL).id == by_phone.id
    assert see(desk, email=EMAIL).id == by_mail.id


def test_what_belongs_to_another_contact_stays_with_it() -> None:
    desk = Desk()
    other = see(desk, phone=PHONE)
    mine = see(desk, external=WIX, phone=PHONE, email=EMAIL)
    assert mine.id == other.id  # the phone is all we know, so it is the same person
    again = see(desk, external=("wix", "w2"), email="an@example.com")
    see(desk, external=("wix", "w2"), phone=PHONE)
    assert ("phone", PHONE) in identities(desk, other.id)
    assert ("phone", PHONE) not in identities(desk, again.id)


def test_a_sighting_adds_what_was_not_known_and_fills_blanks() -> None:
    desk = Desk()
    first = see(desk, phone=PHONE)
    desk.pass_(60_000)
    seen = see(desk, external=WIX, phone=PHONE, email=EMAIL, first_name="Jo", last_name="Lee")
    row = stored(desk, first.id)
    assert (row["first_name"], row["last_name"], row["email"], row["version"]) == ("Jo", "Lee", EMAIL, 2)
    assert row["last_seen_at"] == desk.now
    assert seen.version == 2
    assert identities(desk, first.id) == {WIX, ("phone", PHONE), ("email", EMAIL)}


def test_what_is_known_is_not_overwritten() -> None:
    desk = Desk()
    first = see(desk, external=WIX, phone=PHONE, first_name="Josephine")
    see(desk, external=WIX, phone="+61491570156", first_name="jo")
    row = stored(desk, first.id)
    assert (row["first_name"], row["phone"]) == ("Josephine", PHONE)
    assert ("phone", PHONE) in identities(desk, first.id)  # a text from the old number is still theirs


def test_seeing_somebody_again_unchanged_is_no_edit() -> None:
    desk = Desk()
    first = see(desk, phone=PHONE)
    desk.pass_(1_000)
    see(desk, phone=PHONE)
    row = stored(desk, first.id)
    assert (row["version"], row["last_seen_at"]) == (1, desk.now)
    assert [event["type"] for event in desk.rows("SELECT type FROM events")] == ["contact.created"]


def test_nobody_can_be_made_of_nothing() -> None:
    desk = Desk()
    with pytest.raises(Invalid):
        see(desk, first_name="Jo")


def test_another_tenants_contact_is_a_stranger() -> None:
    desk = Desk()
    mine = see(desk, phone=PHONE)
    theirs = see(Desk(world=desk.world, slug="blue"), phone=PHONE)
    assert mine.id != theirs.id


def test_two_sightings_at_once_conflict_and_become_one_contact() -> None:
    desk = Desk()
    both_have_read = asyncio.Barrier(2)
    tries: list[str] = []

    async def one(name: str) -> str:
        async def attempt() -> str:
            sighting = await sighted(desk.ctx(), Person(source="wix", phone=PHONE, first_name=name))
            if len(tries) < 2:
                tries.append(name)
                await both_have_read.wait()
            else:
                tries.append(name)
            await desk.ctx().commit(sighting.parts)
            return sighting.contact.id

        return await deciding(attempt)

    async def both() -> list[str]:
        return list(await asyncio.gather(one("A"), one("B")))

    ids = run(both())
    assert len(tries) == 3  # one of them had to decide again
    assert ids[0] == ids[1]
    assert len(desk.rows("SELECT * FROM contacts")) == 1


def test_without_deciding_again_the_second_one_is_told() -> None:
    desk = Desk()

    async def story() -> None:
        first = await sighted(desk.ctx(), Person(source="wix", phone=PHONE))
        second = await sighted(desk.ctx(), Person(source="wix", phone=PHONE))
        await desk.ctx().commit(first.parts)
        with pytest.raises(Conflict):
            await desk.ctx().commit(second.parts)

    run(story())


def test_two_bookings_at_once_of_one_new_patient_are_one_contact() -> None:
    """The real jobs, interleaved at every commit."""
    desk = Desk()
    desk.book(external_id="b1")
    desk.book(external_id="b2", starts_in=600_000_000)
    due = [row["id"] for row in desk.rows("SELECT id FROM jobs WHERE kind = 'bookings.apply'")]
    reach = desk.world._reach

    async def slowly(name: str) -> None:
        await reach(name)
        if name == "commit.before":
            await asyncio.sleep(0)

    desk.world._reach = slowly  # type: ignore[method-assign]

    async def both() -> None:
        await asyncio.gather(*(desk._run(job) for job in due))

    run(both())
    desk.rest()
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert len(desk.rows("SELECT * FROM bookings")) == 2
    assert {row["to"] for row in desk.carriers.texts} == {JO}
