"""Putting tenants on a running Worker: the rows, the sealed secrets, and their accounts in the sandbox."""
