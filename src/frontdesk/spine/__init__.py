"""The spine shown: what came in, what it caused, what is still to be done, and doing it again."""
