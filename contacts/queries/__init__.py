"""Questions that span contacts, their addresses, companies and letters."""
