"""What imports and exports are compared with: other ways to do the work, on the same tables, in the same run."""
