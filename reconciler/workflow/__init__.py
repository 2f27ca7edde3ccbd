"""The use cases: validate, plan, apply, adopt, edit, and report about access, composed of the verbs below."""
