"""What people may type about a contact."""
