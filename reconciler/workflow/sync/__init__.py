"""Sync: the accounts of a CRM become changes of partner files."""
