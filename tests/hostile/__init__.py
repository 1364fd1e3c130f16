"""Hostile files by kind, built from one good form or from nothing: what thousands of offices send, and worse."""
