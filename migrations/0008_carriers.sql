-- Why a message goes with the provider it goes with, where that is not the tenant's first choice.
ALTER TABLE messages ADD COLUMN provider_note TEXT NOT NULL DEFAULT '';
