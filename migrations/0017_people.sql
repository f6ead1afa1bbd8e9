-- What a contact's recall follows from, contacts made once for each key of whoever makes them, and the tags in use.

-- 1: it follows from what they came for, and falls with that. 0: it is what staff made of it.
ALTER TABLE contacts ADD COLUMN recall_derived INTEGER NOT NULL DEFAULT 0 CHECK (recall_derived IN (0, 1));

-- The caller's own; the same one again makes no second contact.
ALTER TABLE contacts ADD COLUMN made_key TEXT;
CREATE UNIQUE INDEX contacts_by_made_key ON contacts (tenant_id, made_key) WHERE made_key IS NOT NULL;

-- All that the list of tags reads: contacts without tags are not in it.
CREATE INDEX contacts_tagged ON contacts (tenant_id, tags, merged_into)
  WHERE merged_into IS NULL AND tags <> '[]';
