"""The desk's pages of contacts, by screen."""
