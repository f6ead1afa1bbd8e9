"""Twilio, REST API 2010-04-01: texts out, replies and status callbacks in."""
