"""Who may come in, and what they may do: staff, sign-in by mailed code, sessions, audit."""
