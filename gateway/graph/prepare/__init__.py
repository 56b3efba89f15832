"""Preparation of documents before execution: parsing, limits, validation and cost."""
