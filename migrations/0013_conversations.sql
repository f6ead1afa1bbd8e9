-- What staff write and what they answer: who wrote a message, and one conversation a contact.

-- The member of staff who wrote it; what rules and bookings plan has no author.
ALTER TABLE messages ADD COLUMN author_id TEXT;
-- What a text that came in was taken for.
ALTER TABLE messages ADD COLUMN keyword TEXT NOT NULL DEFAULT '' CHECK (keyword IN ('', 'stop', 'start', 'help'));
-- Tells a repeated request from another one with the same key.
ALTER TABLE messages ADD COLUMN request_hash TEXT NOT NULL DEFAULT '';
-- Where it stands in the conversation; NULL: not in it. What a person wrote is from then on, unless they took it
-- back; what goes out by itself is once it has left.
ALTER TABLE messages ADD COLUMN said_at INTEGER GENERATED ALWAYS AS (
  CASE WHEN direction = 'in' THEN created_at
       WHEN author_id IS NULL THEN sent_at
       WHEN reason <> 'taken_back' THEN created_at END) VIRTUAL;
CREATE INDEX messages_said ON messages (tenant_id, contact_id, said_at, id);

UPDATE messages SET keyword = CASE lower(trim(body, ' .!*"''' || char(9, 10, 13)))
  WHEN 'start' THEN 'start' WHEN 'unstop' THEN 'start' WHEN 'help' THEN 'help' ELSE 'stop' END
WHERE direction = 'in' AND lower(trim(body, ' .!*"''' || char(9, 10, 13))) IN (
  'stop', 'stopall', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout', 'opt out', 'opt-out',
  'start', 'unstop', 'help');

-- All that was said between a contact and us, chats included, which are on the timeline alone. `answers`: a person
-- wrote it and it is not known to have stayed here. `asks`: it came in and no machine has dealt with it.
CREATE VIEW said (tenant_id, contact_id, id, at, direction, channel, preview, authored, answers, asks) AS
  SELECT tenant_id, contact_id, id, said_at, direction, channel,
         substr(trim(replace(replace(CASE WHEN subject = '' THEN body ELSE subject || ': ' || body END,
                                     char(13), ''), char(10), ' ')), 1, 200),
         author_id IS NOT NULL, author_id IS NOT NULL AND state NOT IN ('skipped', 'failed'),
         direction = 'in' AND keyword = ''
  FROM messages INDEXED BY messages_said WHERE said_at IS NOT NULL AND contact_id IS NOT NULL
  UNION ALL
  SELECT tenant_id, contact_id, id, at, direction, channel, substr(summary, 1, 200), 0, 0, 1
  FROM touchpoints WHERE kind = 'manychat.message' AND direction = 'in';

-- One a contact, as soon as they said something or staff wrote to them. All but the last four columns is derived from
-- `said`, in the commit that changes it. `waiting_since`: the oldest that nobody has answered. `read_at` and
-- `done_at`: up to when a person read it, and called it done.
CREATE TABLE conversations (
  tenant_id       TEXT NOT NULL REFERENCES tenants (id),
  contact_id      TEXT NOT NULL,
  last_message_id TEXT NOT NULL,
  last_at         INTEGER NOT NULL,
  direction       TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  channel         TEXT NOT NULL,
  preview         TEXT NOT NULL,
  unread          INTEGER NOT NULL CHECK (unread >= 0),
  waiting_since   INTEGER,
  done            INTEGER NOT NULL CHECK (done IN (0, 1)),
  assignee_id     TEXT,
  read_at         INTEGER NOT NULL DEFAULT 0,
  done_at         INTEGER,
  version         INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, contact_id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, assignee_id) REFERENCES staff (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_open ON conversations (tenant_id, last_at, contact_id) WHERE done = 0;
CREATE INDEX conversations_done ON conversations (tenant_id, last_at, contact_id) WHERE done = 1;
CREATE INDEX conversations_unread ON conversations (tenant_id, last_at, contact_id) WHERE unread > 0;
CREATE INDEX conversations_by_assignee ON conversations (tenant_id, assignee_id, last_at, contact_id) WHERE done = 0;
CREATE INDEX conversations_waiting ON conversations (tenant_id, waiting_since) WHERE waiting_since IS NOT NULL;

-- What is older than two days was read and dealt with by whatever means there were before.
INSERT INTO conversations (tenant_id, contact_id, last_message_id, last_at, direction, channel, preview, unread,
                           waiting_since, done, read_at, done_at)
SELECT c.tenant_id, c.id, l.id, l.at, l.direction, l.channel, l.preview,
       (SELECT count(*) FROM said s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id AND s.at > m.since
          AND s.direction = 'in'),
       (SELECT min(s.at) FROM said s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id AND s.at > m.since
          AND s.asks),
       NOT EXISTS (SELECT 1 FROM said s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id AND s.at > m.since
          AND s.direction = 'in'),
       m.since, m.since
FROM (SELECT (unixepoch() - 172800) * 1000 AS since) m
CROSS JOIN contacts c
JOIN said l ON l.tenant_id = c.tenant_id AND l.contact_id = c.id
WHERE EXISTS (SELECT 1 FROM said s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id AND s.direction = 'in')
  AND l.id = (SELECT s.id FROM said s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id
                ORDER BY s.at DESC, s.id DESC LIMIT 1);
