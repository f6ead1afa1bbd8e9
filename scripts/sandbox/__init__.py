"""The provider sandbox: every outside service Frontdesk talks to, simulated over HTTP."""
