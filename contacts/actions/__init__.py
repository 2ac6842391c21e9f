"""What people do with contacts."""
