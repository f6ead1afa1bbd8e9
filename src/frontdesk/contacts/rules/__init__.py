"""Deciding about people: who is who, how warm, where on the pipeline, what brought them, who is the same."""

from frontdesk.contacts.rules.person import Contact, Person, recognised_by, seen_again, strongest, summary_of

__all__ = ["Contact", "Person", "recognised_by", "seen_again", "strongest", "summary_of"]
