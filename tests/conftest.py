"""What holds for all tests."""

from hypothesis import settings

# A machine is slow when others work on it: that is no fault of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
