"""Starts Eventmon from a checkout: hands over to ``eventmon.__main__``."""

from eventmon.__main__ import main

if __name__ == "__main__":
    main()
