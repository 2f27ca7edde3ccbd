"""Partner access as code for API developer portals: validate, plan and apply who may reach what."""

__version__ = "0.1.0"
