"""Messages in many worlds by chance: none goes twice or after STOP, and each ends as is true and told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE, SECOND
from frontdesk.core.db import Bound
from frontdesk.core.rows import revive_job
from frontdesk.core.web import HttpRequest, HttpResponse
from frontdesk.messaging import queries, writes
from support.desk import JO, Desk

TWILIO = {"account_sid": "AC" + "0" * 31 + "1", "sender": "+61480000002", "price_micros": 50_000}
MAIL = "jo@example.com"
# No history lags here: where one does, a second text is the price of not losing the first (decision 33).
FAULTS = ["ok", "ok", "ok", "500", "hang", "500-taken", "drop", "throttled"]
REFUSALS = {
    "clicksend": ["INSUFFICIENT_CREDIT", "OPTED_OUT", "INVALID_RECIPIENT"],
    "twilio": ["20003", "21610", "21211"],
    "resend": ["401"],
}
POINTS = ["claim.after", "commit.before", "commit.after", "send.before", "send.after", "settle.before"]


class Life:
    """Messages to Jo by one channel, and all that may happen around them."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        pick = self.chance.choice
        self.channel = pick(["sms", "sms", "sms", "email"])
        self.address = JO if self.channel == "sms" else MAIL
        sms = {"provider": pick(["clicksend", "twilio"]), "fallback": pick([None, "clicksend", "twilio"])}
        caps = {"service": pick([2, 100])}
        self.desk = Desk(
            settings={"sms": {**sms, "per_second": pick([1, 10])}, "twilio": TWILIO, "caps": caps}
        )
        self.carriers = self.desk.carriers
        self.carriers.page = pick([1, 100])
        self.ids: list[str] = []
        self.after_stop = 0
        self._answer, self.desk.world.http.answer = self.desk.world.http.answer, self.answer
        self._read, self.desk.world.driver.query = self.desk.world.driver.query, self.read  # type: ignore[method-assign]

    def taken(self) -> list[tuple[str, str, str]]:
        """Carrier, its id, and our id of all that was taken."""
        sms = [("clicksend", each["message_id"], each["custom_string"]) for each in self.carriers.texts]
        sms += [("twilio", each["sid"], each["callback"][-36:]) for each in self.carriers.twilio_texts]
        return [*sms, *(("resend", each["id"], each["key"]) for each in self.carriers.mails)]

    def stopped(self) -> bool:
        rows = self.desk.rows("SELECT stopped FROM consents WHERE address = ?", self.address)
        return bool(rows and rows[0]["stopped"])

    def answer(self, request: HttpRequest) -> HttpResponse:
        """A carrier answers, and something may be said before we hear it."""
        before, stopped = len(self.taken()), self.stopped()
        try:
            return self._answer(request)
        finally:
            # What unsubscribed from mails still hears of what it just did.
            self.after_stop += (len(self.taken()) > before) and stopped and self.channel == "sms"
            self.desk.pass_(self.chance.choice([5, 50, 3 * SECOND]))
            if self.chance.random() < 0.1:
                self.said()

    async def read(self, bound: Bound) -> str:
        """Something may be said, or the runner fall asleep, right behind the gate's look."""
        text = await self._read(bound)
        if "AS opted_out" in bound.sql and self.chance.random() < 0.2:
            if self.chance.random() < 0.5:
                self.said()
            else:
                self.desk.pass_(40 * SECOND)
        return text

    def said(self) -> None:
        """STOP or START, by another hand."""
        word = writes.consent(
            self.channel,
            self.address,
            stopped=self.chance.random() < 0.6,
            marketing=None,
            source="keyword" if self.channel == "sms" else "unsubscribe",
            said_at=self.desk.now,
            cause_id="t",
        )
        self.desk.world.driver.connection.execute(word.sql, {**word.params, "tenant": self.desk.tenant.id})

    @contextmanager
    def unharmed(self) -> Iterator[None]:
        """What others commit is not what is killed here."""
        kills, self.desk.world.kills = self.desk.world.kills, []
        yield
        self.desk.world.kills = kills

    def plan(self) -> None:
        pick, more = self.chance.choice, dict[str, Any]()
        if self.chance.random() < 0.3:
            more["due_at"] = self.desk.now + pick([MINUTE, HOUR, 9 * HOUR])
        if self.chance.random() < 0.3:
            more["expires_at"] = self.desk.now + pick([2 * MINUTE, HOUR, DAY])
        more["subject"] = "Hi" if self.channel == "email" else ""
        more["purpose"] = pick(["service", "service", "transactional"])
        with self.unharmed():
            id_ = self.desk.plan(f"Words {pick('abc')}", channel=self.channel, address=self.address, **more)
        self.ids.append(id_)

    def receipt(self) -> None:
        """Genuine, and about whatever was taken, in any order."""
        if not (taken := self.taken()):
            return
        provider, provider_id, id_ = self.chance.choice(taken)
        state = self.chance.choice(["sent", "delivered", "failed"])
        gone = state == "failed" and self.chance.random() < 0.3
        told = {"provider": provider, "provider_id": provider_id, "custom_string": id_, "opted_out": gone}
        with self.unharmed():
            self.desk.receipt(state, channel=self.channel, **told)

    def take_back(self) -> None:
        message = asyncio.run(queries.outgoing(self.desk.ctx(), self.chance.choice(self.ids)))
        if message and message.state in ("scheduled", "queued"):
            with self.unharmed():
                self.desk.commit(writes.take_back(message, self.desk.now))

    def retry(self) -> None:
        for dead in self.desk.rows("SELECT id FROM jobs WHERE state = 'dead'"):
            with self.unharmed():
                self.desk.commit(revive_job(dead["id"], self.desk.now))

    def wear_out(self) -> None:
        """Whatever is to be tried again was tried often."""
        sql = "UPDATE jobs SET attempts = 12 WHERE kind IN ('messaging.send', 'messaging.reconcile')"
        self.desk.world.driver.connection.execute(f"{sql} AND state = 'pending'")

    def misbehave(self) -> None:
        pick, lot = self.chance.choice, self.chance.randrange
        first = "clicksend" if self.channel == "sms" else "resend"
        self.carriers.faults = [pick(FAULTS + REFUSALS[first]) for _ in range(lot(4))]
        self.carriers.twilio_faults = [pick(FAULTS + REFUSALS["twilio"]) for _ in range(lot(4))]
        self.carriers.lookup_faults = [pick(["ok", "ok", "hang", "500"]) for _ in range(lot(12))]

    def die(self) -> None:
        self.desk.world.kills.append((self.chance.choice(POINTS), self.chance.choice([1, 1, 2, 3])))

    def live(self) -> None:
        """Some of all that, then peace until nothing is left to be done."""
        pick = self.chance.choice
        may = [self.receipt, self.receipt, self.said, self.take_back, self.retry, self.die, self.misbehave]
        self.plan()
        for _ in range(self.chance.randrange(4, 14)):
            pick([*may, self.misbehave, self.wear_out])()
            if self.chance.random() < 0.3:
                self.plan()
            if self.chance.random() < 0.6:
                self.desk.work()
            self.desk.pass_(pick([0, SECOND, MINUTE, 5 * MINUTE, HOUR]))
        self.desk.world.kills.clear()
        self.carriers.faults, self.carriers.twilio_faults, self.carriers.lookup_faults = [], [], []
        self.desk.rest()


@pytest.mark.parametrize("first", range(0, 160, 20))
def test_none_goes_twice_or_after_stop_and_each_ends_as_it_is_told(first: int) -> None:
    for seed in range(first, first + 20):
        life = Life(seed)
        life.live()
        assert life.after_stop == 0, seed
        went = [id_ for _, _, id_ in life.taken()]
        assert len(went) == len(set(went)), seed
        for id_ in life.ids:
            row = life.desk.message(id_)
            state = row["state"]
            assert state in ("sent", "delivered", "failed", "skipped", "unknown"), (seed, row)
            if state in ("sent", "delivered"):
                assert id_ in went, (seed, row)
            if state == "skipped" or (state == "failed" and row["reason"] != "provider"):
                assert id_ not in went, (seed, row)
            sql = "SELECT type FROM events WHERE subject_id = ? AND type LIKE 'message.%' ORDER BY seq DESC"
            assert life.desk.rows(sql, id_)[0]["type"] == f"message.{state}", (seed, row)
        dead = life.desk.rows("SELECT kind FROM jobs WHERE state = 'dead'")
        assert {each["kind"] for each in dead} <= {"messaging.send", "messaging.reconcile"}, seed
