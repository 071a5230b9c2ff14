"""Fetching a data set: credentials, a transfer that resumes, a checked zip, a folder swapped in.

`fetch` is the story; `request` speaks HTTP and `refusals` says what a no means, `transfer` makes
one whole file of however many broken connections, `archive` unzips what it can vouch for,
`place` holds the folders.
"""

from readalike.data.download.credentials import Credentials, find_credentials
from readalike.data.download.datasets import DATA_SETS, DataSet
from readalike.data.download.fetch import download
from readalike.data.download.outcome import Downloaded, Progress
from readalike.data.download.tables import TableFile

__all__ = [
    "DATA_SETS",
    "Credentials",
    "DataSet",
    "Downloaded",
    "Progress",
    "TableFile",
    "download",
    "find_credentials",
]
