"""ClickSend, REST API v3: texts out, replies and receipts in."""
