"""The nouns: frozen data that every verb shares. No I/O, no clock, no environment."""
