"""The graph of access: the edges between people and APIs in one state, and reachability along them.

A person reaches an API through *holders*: the teams of the person, and the person itself. A holder has access
groups by grants, and a group contains APIs, directly or in products.
"""
