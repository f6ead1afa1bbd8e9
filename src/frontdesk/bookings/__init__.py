"""Appointments: what providers say about them, and the reminders that hang on them."""
