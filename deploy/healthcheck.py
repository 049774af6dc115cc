"""Asks the server in this container whether it is well; run by Docker, with nothing but Python's library."""

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

HEALTH = "http://127.0.0.1:8000/health/"


def main() -> None:
    host = urlsplit(os.environ["BASE_URL"]).netloc
    try:
        urlopen(Request(HEALTH, headers={"Host": host}), timeout=4).close()
    except (URLError, OSError) as error:
        sys.exit(f"{HEALTH} as {host}: {error}")


if __name__ == "__main__":
    main()
