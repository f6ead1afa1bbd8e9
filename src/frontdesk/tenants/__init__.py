"""Whose business it is: tenants, their hosts, settings and sealed secrets."""
