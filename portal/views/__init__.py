"""The portal's pages, by screen."""
