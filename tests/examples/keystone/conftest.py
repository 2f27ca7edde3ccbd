import pytest

pytest.register_assert_rewrite("reconciler.testing.contract")
