"""What people do with the team, and agents with their own sign-in."""
