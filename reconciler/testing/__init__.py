"""The kit for adapter authors: faults on the line, the contract of every portal, and a chaos run.

Nothing here is needed to plan or apply, and only `contract` imports pytest.
"""
