"""Rules over HTTP: the shelf of them, their history, trying them on the past, and asking why."""
