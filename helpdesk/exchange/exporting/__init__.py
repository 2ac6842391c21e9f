"""Exports: a frozen selection becomes a file, chunk by chunk, and whoever asked for it gets the link."""
