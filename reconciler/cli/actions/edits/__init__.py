"""Commands that edit files."""
