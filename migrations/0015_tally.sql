-- How rollups learn what changed: triggers that mark hours in the commit of the fact itself. A migration that makes
-- one of these tables anew takes its triggers with it, and has to bring them back (a test asks for each by name).

-- Who spoke and when, between a contact and us. An answer is a person's: a message staff wrote, or a task done.
CREATE VIEW talk (tenant_id, contact_id, at, said) AS
  SELECT tenant_id, contact_id, due_at, 'heard' FROM messages WHERE direction = 'in' AND keyword = ''
  UNION ALL
  -- The plus keeps the planner from entering by the state.
  SELECT tenant_id, contact_id, sent_at, 'answer' FROM messages
  WHERE direction = 'out' AND author_id IS NOT NULL AND +state IN ('sent', 'delivered') AND sent_at IS NOT NULL
  UNION ALL
  SELECT tenant_id, contact_id, done_at, 'answer' FROM tasks
  WHERE status = 'done' AND done_by IS NOT NULL AND contact_id IS NOT NULL;

-- Three verbs for the triggers below, written as inserts into views.
CREATE VIEW mark_hour (tenant_id, at) AS SELECT tenant_id, hour * 3600000 FROM rollup_dirty;
CREATE TRIGGER mark_hour_insert INSTEAD OF INSERT ON mark_hour WHEN NEW.at IS NOT NULL
BEGIN
  INSERT INTO rollup_dirty (tenant_id, hour, stamp)
  VALUES (NEW.tenant_id, NEW.at / 3600000, lower(hex(randomblob(8))))
  ON CONFLICT (tenant_id, hour) DO UPDATE SET stamp = excluded.stamp;
END;

-- Something that may have led to what a contact booked within the next 90 days: those bookings' credit. The plus
-- keeps the planner from reading everybody's bookings of that time.
CREATE VIEW mark_credit (tenant_id, contact_id, at) AS SELECT tenant_id, '', hour FROM rollup_dirty;
CREATE TRIGGER mark_credit_insert INSTEAD OF INSERT ON mark_credit
WHEN NEW.contact_id IS NOT NULL AND NEW.at IS NOT NULL
BEGIN
  INSERT INTO mark_hour (tenant_id, at)
  SELECT tenant_id, created_at FROM bookings
  WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.contact_id
    AND +created_at >= NEW.at AND +created_at <= NEW.at + 7776000000
  UNION ALL
  SELECT tenant_id, starts_at FROM bookings
  WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.contact_id AND +status = 'completed'
    AND +created_at >= NEW.at AND +created_at <= NEW.at + 7776000000;
END;

-- Somebody spoke, or did not after all: the waits around that instant.
CREATE VIEW mark_talk (tenant_id, contact_id, at, said) AS SELECT tenant_id, contact_id, at, said FROM talk;
CREATE TRIGGER mark_talk_insert INSTEAD OF INSERT ON mark_talk
WHEN NEW.contact_id IS NOT NULL AND NEW.at IS NOT NULL
BEGIN
  INSERT INTO mark_hour (tenant_id, at)
  SELECT NEW.tenant_id, at FROM talk
  WHERE NEW.said = 'answer' AND tenant_id = NEW.tenant_id AND contact_id = NEW.contact_id
    AND said = 'heard' AND at <= NEW.at
    AND at >= coalesce((SELECT max(at) FROM talk WHERE tenant_id = NEW.tenant_id
                          AND contact_id = NEW.contact_id AND said = 'answer' AND at < NEW.at), 0)
  UNION ALL
  SELECT NEW.tenant_id, min(at) FROM talk
  WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.contact_id AND said = 'heard' AND at > NEW.at;
END;

-- Bookings: the day they were made, the day they are for, and the day the contact came to us.
CREATE TRIGGER bookings_tally_insert AFTER INSERT ON bookings
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.created_at), (NEW.tenant_id, NEW.starts_at);
  INSERT INTO mark_hour (tenant_id, at)
  SELECT tenant_id, created_at FROM contacts WHERE tenant_id = NEW.tenant_id AND id = NEW.contact_id;
END;
CREATE TRIGGER bookings_tally_update AFTER UPDATE OF contact_id, source, status, service, starts_at, value_minor,
  created_at ON bookings
WHEN NEW.contact_id IS NOT OLD.contact_id OR NEW.source IS NOT OLD.source OR NEW.status IS NOT OLD.status
  OR NEW.service IS NOT OLD.service OR NEW.starts_at IS NOT OLD.starts_at
  OR NEW.value_minor IS NOT OLD.value_minor OR NEW.created_at IS NOT OLD.created_at
BEGIN
  INSERT INTO mark_hour (tenant_id, at)
  VALUES (NEW.tenant_id, NEW.created_at), (NEW.tenant_id, NEW.starts_at),
         (OLD.tenant_id, OLD.created_at), (OLD.tenant_id, OLD.starts_at);
  INSERT INTO mark_hour (tenant_id, at)
  SELECT tenant_id, created_at FROM contacts
  WHERE tenant_id = NEW.tenant_id AND id = NEW.contact_id AND NEW.contact_id IS NOT OLD.contact_id
  UNION ALL
  SELECT tenant_id, created_at FROM contacts
  WHERE tenant_id = OLD.tenant_id AND id = OLD.contact_id AND NEW.contact_id IS NOT OLD.contact_id;
END;
CREATE TRIGGER bookings_tally_delete AFTER DELETE ON bookings
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (OLD.tenant_id, OLD.created_at), (OLD.tenant_id, OLD.starts_at);
  INSERT INTO mark_hour (tenant_id, at)
  SELECT tenant_id, created_at FROM contacts WHERE tenant_id = OLD.tenant_id AND id = OLD.contact_id;
  INSERT INTO mark_credit (tenant_id, contact_id, at) VALUES (OLD.tenant_id, OLD.contact_id, OLD.created_at);
END;

-- Contacts: the day they came, and as the first thing that led to what they booked.
CREATE TRIGGER contacts_tally_insert AFTER INSERT ON contacts
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.created_at);
END;
CREATE TRIGGER contacts_tally_update AFTER UPDATE OF source, created_at, merged_into ON contacts
WHEN NEW.source IS NOT OLD.source OR NEW.created_at IS NOT OLD.created_at
  OR NEW.merged_into IS NOT OLD.merged_into
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.created_at), (OLD.tenant_id, OLD.created_at);
  INSERT INTO mark_credit (tenant_id, contact_id, at)
  VALUES (NEW.tenant_id, NEW.id, NEW.created_at), (OLD.tenant_id, OLD.id, OLD.created_at);
END;
CREATE TRIGGER contacts_tally_delete AFTER DELETE ON contacts
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (OLD.tenant_id, OLD.created_at);
END;

-- Touchpoints: what they led to.
CREATE TRIGGER touchpoints_tally_insert AFTER INSERT ON touchpoints WHEN NEW.direction = 'in'
BEGIN
  INSERT INTO mark_credit (tenant_id, contact_id, at) VALUES (NEW.tenant_id, NEW.contact_id, NEW.at);
END;
CREATE TRIGGER touchpoints_tally_update AFTER UPDATE OF contact_id, kind, channel, direction, subject_kind,
  subject_id, at ON touchpoints
WHEN NEW.direction = 'in' OR OLD.direction = 'in'
BEGIN
  INSERT INTO mark_credit (tenant_id, contact_id, at)
  VALUES (NEW.tenant_id, NEW.contact_id, NEW.at), (OLD.tenant_id, OLD.contact_id, OLD.at);
END;
CREATE TRIGGER touchpoints_tally_delete AFTER DELETE ON touchpoints WHEN OLD.direction = 'in'
BEGIN
  INSERT INTO mark_credit (tenant_id, contact_id, at) VALUES (OLD.tenant_id, OLD.contact_id, OLD.at);
END;

-- Messages: the day they were due; what came in also leads to bookings and asks for an answer.
CREATE TRIGGER messages_tally_insert AFTER INSERT ON messages WHEN NEW.purpose <> 'auth'
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.due_at);
  INSERT INTO mark_credit (tenant_id, contact_id, at)
  SELECT NEW.tenant_id, NEW.contact_id, NEW.due_at WHERE NEW.direction = 'in';
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  SELECT NEW.tenant_id, NEW.contact_id, NEW.due_at, 'heard' WHERE NEW.direction = 'in';
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  SELECT NEW.tenant_id, NEW.contact_id, NEW.sent_at, 'answer'
  WHERE NEW.direction = 'out' AND NEW.author_id IS NOT NULL;
END;
CREATE TRIGGER messages_tally_update AFTER UPDATE OF contact_id, direction, channel, purpose, state, due_at, sent_at,
  cost_micros, keyword, author_id ON messages
WHEN NEW.purpose <> 'auth'
  AND (NEW.contact_id IS NOT OLD.contact_id OR NEW.direction IS NOT OLD.direction
    OR NEW.channel IS NOT OLD.channel OR NEW.purpose IS NOT OLD.purpose OR NEW.state IS NOT OLD.state
    OR NEW.due_at IS NOT OLD.due_at OR NEW.sent_at IS NOT OLD.sent_at
    OR NEW.cost_micros IS NOT OLD.cost_micros OR NEW.keyword IS NOT OLD.keyword
    OR NEW.author_id IS NOT OLD.author_id)
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.due_at), (OLD.tenant_id, OLD.due_at);
  INSERT INTO mark_credit (tenant_id, contact_id, at)
  SELECT NEW.tenant_id, NEW.contact_id, NEW.due_at WHERE NEW.direction = 'in' OR OLD.direction = 'in'
  UNION ALL
  SELECT OLD.tenant_id, OLD.contact_id, OLD.due_at WHERE NEW.direction = 'in' OR OLD.direction = 'in';
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  SELECT NEW.tenant_id, NEW.contact_id, NEW.due_at, 'heard' WHERE NEW.direction = 'in' OR OLD.direction = 'in'
  UNION ALL
  SELECT OLD.tenant_id, OLD.contact_id, OLD.due_at, 'heard' WHERE NEW.direction = 'in' OR OLD.direction = 'in'
  UNION ALL
  SELECT NEW.tenant_id, NEW.contact_id, NEW.sent_at, 'answer'
  WHERE NEW.direction = 'out' AND (NEW.author_id IS NOT NULL OR OLD.author_id IS NOT NULL)
  UNION ALL
  SELECT OLD.tenant_id, OLD.contact_id, OLD.sent_at, 'answer'
  WHERE OLD.direction = 'out' AND (NEW.author_id IS NOT NULL OR OLD.author_id IS NOT NULL);
END;
CREATE TRIGGER messages_tally_delete AFTER DELETE ON messages WHEN OLD.purpose <> 'auth'
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (OLD.tenant_id, OLD.due_at);
  INSERT INTO mark_credit (tenant_id, contact_id, at)
  SELECT OLD.tenant_id, OLD.contact_id, OLD.due_at WHERE OLD.direction = 'in';
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  SELECT OLD.tenant_id, OLD.contact_id, OLD.due_at, 'heard' WHERE OLD.direction = 'in'
  UNION ALL
  SELECT OLD.tenant_id, OLD.contact_id, OLD.sent_at, 'answer'
  WHERE OLD.direction = 'out' AND OLD.author_id IS NOT NULL;
END;

-- Tasks: the day they were done, and the wait a call ended.
CREATE TRIGGER tasks_tally_insert AFTER INSERT ON tasks WHEN NEW.done_at IS NOT NULL
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.done_at);
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  VALUES (NEW.tenant_id, NEW.contact_id, NEW.done_at, 'answer');
END;
CREATE TRIGGER tasks_tally_update AFTER UPDATE OF contact_id, status, done_at, done_by ON tasks
WHEN NEW.contact_id IS NOT OLD.contact_id OR NEW.status IS NOT OLD.status OR NEW.done_at IS NOT OLD.done_at
  OR NEW.done_by IS NOT OLD.done_by
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (NEW.tenant_id, NEW.done_at), (OLD.tenant_id, OLD.done_at);
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  VALUES (NEW.tenant_id, NEW.contact_id, NEW.done_at, 'answer'),
         (OLD.tenant_id, OLD.contact_id, OLD.done_at, 'answer');
END;
CREATE TRIGGER tasks_tally_delete AFTER DELETE ON tasks WHEN OLD.done_at IS NOT NULL
BEGIN
  INSERT INTO mark_hour (tenant_id, at) VALUES (OLD.tenant_id, OLD.done_at);
  INSERT INTO mark_talk (tenant_id, contact_id, at, said)
  VALUES (OLD.tenant_id, OLD.contact_id, OLD.done_at, 'answer');
END;

-- What there is already is reckoned too, when first asked for.
INSERT INTO rollup_dirty (tenant_id, hour, stamp)
SELECT DISTINCT tenant_id, created_at / 3600000, 'first' FROM bookings WHERE true
ON CONFLICT (tenant_id, hour) DO NOTHING;
INSERT INTO rollup_dirty (tenant_id, hour, stamp)
SELECT DISTINCT tenant_id, starts_at / 3600000, 'first' FROM bookings WHERE true
ON CONFLICT (tenant_id, hour) DO NOTHING;
INSERT INTO rollup_dirty (tenant_id, hour, stamp)
SELECT DISTINCT tenant_id, created_at / 3600000, 'first' FROM contacts WHERE true
ON CONFLICT (tenant_id, hour) DO NOTHING;
INSERT INTO rollup_dirty (tenant_id, hour, stamp)
SELECT DISTINCT tenant_id, due_at / 3600000, 'first' FROM messages WHERE purpose <> 'auth'
ON CONFLICT (tenant_id, hour) DO NOTHING;
INSERT INTO rollup_dirty (tenant_id, hour, stamp)
SELECT DISTINCT tenant_id, done_at / 3600000, 'first' FROM tasks WHERE done_at IS NOT NULL
ON CONFLICT (tenant_id, hour) DO NOTHING;
