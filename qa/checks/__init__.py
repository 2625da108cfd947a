"""Checks of statements against the sentences that they cite. Pure."""
