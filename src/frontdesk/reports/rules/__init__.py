"""Deciding about reports: which days they span, what a day comes to, and how figures are shown."""
