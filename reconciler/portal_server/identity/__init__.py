"""Who uses the pages: sessions, sign-in, and the memberships of a person."""
