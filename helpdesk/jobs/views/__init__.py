"""Doors to jobs, by screen."""
