"""Deciding about rules: what one may say, whether its conditions hold, how it reads as a sentence."""
