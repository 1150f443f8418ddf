"""What each source's API says differently from what we hold. Readers do not know each other."""
