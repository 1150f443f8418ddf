"""Tests mirror the house: unit (no database), db, journeys (real processes), web (browser, API), architecture."""
