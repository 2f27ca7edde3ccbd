"""Requests of people: the answers of forms, and what is wrong with them."""
