"""The front office of local businesses: what arrives is recorded once, decided once and shown."""
