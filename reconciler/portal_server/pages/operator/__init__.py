"""The pages of the portal's operators, who set up partners, access and APIs."""
