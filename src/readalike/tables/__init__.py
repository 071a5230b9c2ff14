"""Tables of the outside world, read into ratings, histories and a catalogue."""
