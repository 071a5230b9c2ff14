"""Names of files that hold signs which mean something to a pattern, a shell, SQL or a website."""

from __future__ import annotations

ALIKE = {
    "r[1]": "r1", "[!b]": "a", "a*": "ab", "**": "x", "q?": "qx", "{a,b}": "a", "]": "]]",
    "it's": "its", 'a"b': "ab", "a;b": "a", "50%": "50", "%41": "A", "~": "~~", "$HOME": "HOME",
    "a&b": "a", "a#b": "a", " blank ": "blank", "new\nline": "new", "Zoë 漢字": "Zoe 漢字",
    "-dash": "dash", "back\\slash": "backslash", "rating=5": "rating", "http:": "http",
    "'; DROP TABLE x; --": "x",
}  # fmt: skip
"""Each with the name of a file beside it that somebody could make of it."""
FOLDERS = ("rating=5", "user_id=7", "title=X", "year=2020", "book_id=b", "reader_index=0", "[x]*")
"""One in the other; a database could take them for columns."""
