"""Unsubscribe links: ours work without a sign-in, nobody else's do, and following one is not enough."""

from frontdesk import app
from frontdesk.core.clock import MINUTE
from frontdesk.core.door import answer
from frontdesk.core.web import HttpResponse
from frontdesk.messaging.rules.unsubscribe import address_of, token
from support.calls import ask, run
from support.desk import Desk


def open_(desk: Desk, method: str, path: str) -> HttpResponse:
    return run(
        answer(desk.world.platform, app.WIRING, app.DOOR, ask(method, path, headers={"accept": "text/html"}))
    )


def the_link(desk: Desk) -> str:
    desk.plan("Hello", channel="email", address="jo@example.com")
    desk.rest()
    link: str = desk.carriers.mails[0]["payload"]["headers"]["List-Unsubscribe"].strip("<>")
    return link.removeprefix("https://harbour.localhost")


def test_asking_changes_nothing_posting_does() -> None:
    desk = Desk()
    path = the_link(desk)
    page = open_(desk, "GET", path)
    assert page.status == 200 and b"jo@example.com" in page.body
    assert page.headers["cache-control"] == "no-store"
    assert path.rpartition("/")[2] not in "".join(desk.world.lines), "it holds their address"
    assert desk.rows("SELECT * FROM consents") == []
    assert open_(desk, "POST", path).status == 200
    assert open_(desk, "POST", path).status == 200
    row = desk.rows("SELECT * FROM consents")[0]
    assert (row["channel"], row["address"], row["stopped"]) == ("email", "jo@example.com", 1)
    assert len(desk.rows("SELECT * FROM events WHERE type = 'consent.stop'")) == 1
    desk.pass_(11 * MINUTE)
    id_ = desk.plan("Again", channel="email", address="jo@example.com")
    desk.rest()
    assert desk.message(id_)["reason"] == "opted_out"


def test_their_own_word_counts_beside_what_others_said() -> None:
    """Else it would be gone once staff, or the provider's list, say that mails may go there again."""
    desk = Desk()
    path = the_link(desk)
    for source in ("staff", "resend", "complaint"):
        desk.world.driver.connection.execute("DELETE FROM consents")
        word = "INSERT INTO consents VALUES (?, 'email', 'jo@example.com', 1, 0, ?, ?, 't')"
        desk.world.driver.connection.execute(word, [desk.tenant.id, source, desk.now])
        desk.pass_(MINUTE)
        assert open_(desk, "POST", path).status == 200
        said = "complaint" if source == "complaint" else "unsubscribe"
        assert [row["source"] for row in desk.rows("SELECT source FROM consents")] == [said]
    assert len(desk.rows("SELECT * FROM events WHERE type = 'consent.stop'")) == 2


def test_a_link_somebody_made_up_leads_nowhere() -> None:
    desk = Desk()
    genuine = the_link(desk)
    for path in ("/unsubscribe/x", "/unsubscribe/%F0%9F%98%80", genuine[:-4], "/unsubscribe/" + "A" * 2_000):
        assert open_(desk, "POST", path).status == 404
    assert desk.rows("SELECT * FROM consents") == []


def test_a_link_of_one_tenant_means_nothing_at_another() -> None:
    key, other = b"k" * 32, b"o" * 32
    link = token(key, "tenant-a", "jo@example.com")
    assert address_of(link, [key], "tenant-a") == "jo@example.com"
    assert address_of(link, [other, key], "tenant-a") == "jo@example.com"  # a master key in rotation
    assert address_of(link, [key], "tenant-b") is None
    assert address_of(link, [other], "tenant-a") is None
    assert address_of("", [key], "tenant-a") is None
    assert address_of("\ud800", [key], "tenant-a") is None


def test_an_address_cannot_bring_markup_into_the_page() -> None:
    desk = Desk()
    desk.plan("Hello", channel="email", address="<b>@example.com")
    desk.rest()
    link = desk.carriers.mails[0]["payload"]["headers"]["List-Unsubscribe"].strip("<>")
    page = open_(desk, "GET", link.removeprefix("https://harbour.localhost"))
    assert b"<b>@" not in page.body and b"&lt;b&gt;@" in page.body
