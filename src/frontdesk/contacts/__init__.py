"""The people a tenant deals with: who they are, what they are recognised by, and all that passed between."""
