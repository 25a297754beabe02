"""Specs and how they are drawn."""
