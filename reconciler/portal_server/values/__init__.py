"""Values and their formats: addresses, ids, times."""
