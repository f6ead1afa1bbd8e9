"""The ledger of messages, and what they say, over HTTP."""
