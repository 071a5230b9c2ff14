"""The version, below everything that states it."""

__version__ = "0.1.0"


def other_format(version: object, written_by: object, reads: int, again: str) -> str:
    """What is said of a file whose format this version does not read.

    Args:
        version: The format of the file.
        written_by: The version of the library that wrote it.
        reads: The format that this version reads.
        again: How such a file is made anew, which an older one needs; for a newer one a newer
            library does as well.
    """
    newer = isinstance(version, int) and version > reads
    return (
        f"format {version} (written by readalike {written_by}), this is readalike {__version__} "
        f"which reads format {reads}; {'install a newer readalike or ' if newer else ''}{again}"
    )
