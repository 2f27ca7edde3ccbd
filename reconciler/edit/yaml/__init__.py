"""The text of YAML files: layout, style, and changes that keep comments."""
