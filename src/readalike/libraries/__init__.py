"""Readers' own libraries: what other programs export, and which books of a catalogue these are."""
