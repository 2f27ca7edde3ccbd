"""The graph of access: the edges between people and APIs in one state, and what can be reached along them.

A person reaches an API through *holders*: the teams they are in, and themselves. A holder has access groups
by grants, and a group holds APIs, singly or in products.
"""
