"""Persisted and trusted documents."""
