"""The doors of the team: one module a screen."""
