-- Who asked for a sign-in code: a browser that its owner has signed in with before (known), or a network. Both hashed.

ALTER TABLE sign_ins ADD COLUMN asker_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_ins ADD COLUMN known INTEGER NOT NULL DEFAULT 0 CHECK (known IN (0, 1));
