"""What is forgotten at night, what never is, and that forgetting twice or by halves does no harm."""

import asyncio

import pytest

from frontdesk import webhooks
from frontdesk.app import WIRING
from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.deliveries import file_prefix
from frontdesk.core.events import JobDraft
from frontdesk.integrations.inbound import Ignored, Inbound, Knock, Verdict
from frontdesk.spine import jobs
from support.desk import MORNING, Desk, Killed


def delivery(desk: Desk, id_: str, age_days: int, verdict: str = "accepted", form: str = "text") -> None:
    body = f"deliveries/{desk.tenant.id}/{id_}" if form == "file" else "body"
    desk.world.driver.connection.execute(
        "INSERT INTO deliveries (tenant_id, id, source, verdict, path, body, body_form, body_bytes, body_sha256,"
        " received_at) VALUES (?, ?, 'wix', ?, '/', ?, ?, 4, '', ?)",
        [desk.tenant.id, id_, verdict, body, form, MORNING - age_days * DAY],
    )
    if form == "file":
        desk.world.files.kept[body] = b"body"


def forget(desk: Desk) -> None:
    desk.commit(JobDraft("spine.forget", key=f"f{desk.now}"))
    desk.work()


def bodies(desk: Desk) -> dict[str, str]:
    return {row["id"]: row["body_form"] for row in desk.rows("SELECT id, body_form FROM deliveries")}


def test_raw_bodies_go_after_the_tenants_days_and_their_rows_stay() -> None:
    desk = Desk(settings={"keep_raw_days": 7})
    delivery(desk, "old", 8)
    delivery(desk, "old-file", 8, form="file")
    delivery(desk, "young", 6)
    delivery(desk, "young-file", 6, form="file")
    forget(desk)
    assert bodies(desk) == {"old": "purged", "old-file": "purged", "young": "text", "young-file": "file"}
    assert list(desk.world.files.kept) == [f"deliveries/{desk.tenant.id}/young-file"]
    assert desk.rows("SELECT body FROM deliveries WHERE id = 'old'")[0]["body"] == ""


def test_a_death_between_the_files_and_the_rows_is_made_good() -> None:
    desk = Desk()
    delivery(desk, "old", 99, form="file")
    desk.world.kills = [("commit.before", 2)]  # the second commit is the job's own
    forget(desk)
    desk.rest()
    assert desk.world.deaths == 1
    assert bodies(desk) == {"old": "purged"}
    assert desk.world.files.kept == {}


def test_refusals_go_after_a_month_and_nothing_else_does() -> None:
    desk = Desk()
    delivery(desk, "forged", 31, verdict="refused")
    delivery(desk, "fresh-forgery", 29, verdict="refused")
    delivery(desk, "genuine", 400)
    forget(desk)
    assert set(bodies(desk)) == {"fresh-forgery", "genuine"}


def test_finished_work_goes_after_two_months_unfinished_work_stays() -> None:
    desk = Desk(accounts=False)
    desk.plan("Hello")
    desk.plan("Later", due_at=MORNING + 300 * DAY)
    desk.work()
    desk.pass_(61 * DAY)
    desk.commit(JobDraft("spine.forget", key="now"))
    assert len(desk.rows("SELECT * FROM jobs WHERE kind <> 'reports.tally'")) == 3
    desk.work()
    left = desk.rows("SELECT kind, state FROM jobs WHERE kind <> 'reports.tally' ORDER BY kind")
    assert left == [
        {"kind": "messaging.send", "state": "pending"},
        {"kind": "spine.forget", "state": "done"},
    ]
    # Of what was done, the proof is kept as long as the job.
    assert desk.rows("SELECT job_id FROM job_done") == desk.rows(
        "SELECT id AS job_id FROM jobs WHERE state = 'done'"
    )


def test_spent_commit_ids_go_after_two_days() -> None:
    desk = Desk()
    desk.plan("Hello")
    desk.until(desk.now + HOUR)
    before = len(desk.rows("SELECT * FROM commits"))
    desk.pass_(3 * DAY)
    forget(desk)
    assert before > 2
    assert len(desk.rows("SELECT * FROM commits")) == 2


def test_another_tenants_log_is_left_alone() -> None:
    desk = Desk()
    blue = Desk(world=desk.world, slug="blue")
    delivery(blue, "theirs", 99)
    forget(desk)
    assert bodies(desk) == {"theirs": "text"}


def test_a_backlog_takes_several_rounds_of_one_night() -> None:
    desk = Desk()
    for number in range(jobs.BODIES_A_ROUND + 10):
        delivery(desk, f"d{number:04}", 99)
    forget(desk)
    assert desk.rows("SELECT count(*) AS n FROM jobs WHERE kind = 'spine.forget'") == [{"n": 2}]
    assert set(bodies(desk).values()) == {"purged"}


def stray(desk: Desk, id_: str) -> None:
    """What a webhook leaves whose commit never came about."""
    put = desk.world.files.put(file_prefix(desk.tenant.id) + id_, b"body", content_type="text/plain")
    asyncio.run(put)


def forget_strays(desk: Desk) -> None:
    desk.commit(JobDraft("spine.forget_strays", key=f"s{desk.now}"))
    desk.work()


def files(desk: Desk) -> list[str]:
    return sorted(key.rpartition("/")[2] for key in desk.world.files.kept)


def test_a_file_no_delivery_names_goes_after_a_day_and_no_other_does() -> None:
    desk = Desk()
    blue = Desk(world=desk.world, slug="harbour-2")
    stray(desk, "lost")
    delivery(desk, "wanted", 0, form="file")
    desk.world.files.put_at.clear()  # as old as can be
    stray(desk, "under-way")
    stray(blue, "theirs")
    desk.pass_(DAY - HOUR)
    forget_strays(desk)
    assert files(desk) == ["theirs", "under-way", "wanted"]
    desk.pass_(2 * HOUR)
    forget_strays(desk)
    assert files(desk) == ["theirs", "wanted"]
    assert bodies(desk) == {"wanted": "file"}


def test_the_business_clock_makes_no_file_a_stray() -> None:
    desk = Desk()
    stray(desk, "under-way")
    desk.world.offset = 30 * DAY
    forget_strays(desk)
    assert files(desk) == ["under-way"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_webhook_kept_whose_commit_failed_is_found(when: str) -> None:
    desk = Desk()
    desk.world.kills = [(f"commit.{when}", 1)]

    async def call() -> None:
        async def door(knock: Knock) -> Verdict:
            return Ignored("nothing of interest")

        url = f"https://x/webhooks/wix/{desk.slug}"
        request = Inbound("POST", url, {}, b"x" * 20_000, desk.now)
        await webhooks.receive(desk.world.platform, WIRING, {"wix": door}, request)

    with pytest.raises(Killed):
        asyncio.run(call())
    desk.pass_(DAY + HOUR)
    assert len(files(desk)) == 1
    forget_strays(desk)
    # Killed behind the commit, the delivery is on record, and so is its body.
    assert files(desk) == [row["id"] for row in desk.rows("SELECT id FROM deliveries")]
    assert len(files(desk)) == (when == "after")


def test_many_files_take_several_rounds_and_a_death_costs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FILES_A_ROUND", 3)
    desk = Desk()
    for number in range(10):
        if number % 2:
            delivery(desk, f"d{number}", 0, form="file")
        else:
            stray(desk, f"d{number}")
    desk.world.files.put_at.clear()
    desk.world.kills = [("handler.after", 2)]
    forget_strays(desk)
    desk.rest()
    assert files(desk) == ["d1", "d3", "d5", "d7", "d9"]
    assert len(desk.rows("SELECT * FROM jobs WHERE kind = 'spine.forget_strays'")) == 4
