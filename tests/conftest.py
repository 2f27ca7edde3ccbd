"""What holds for all tests."""

from hypothesis import settings

# A machine is slow when others work on it: that is no fault of what is tested.
settings.register_profile("quick", deadline=None, max_examples=50)
# `pytest --hypothesis-profile=thorough`, for those who change what a law is about.
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile("quick")
