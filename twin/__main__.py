"""`python -m twin`: the offline twin alone."""

import argparse

from twin.launch import SERVICES, run
from twin.slack.app import DEFAULT_REQUEST_URL


def main() -> None:
    """Read the arguments and serve until ended; a wrong argument ends with exit 2."""
    parser = argparse.ArgumentParser(prog="python -m twin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="first port; 0 takes free ones")
    parser.add_argument("--speed", type=float, default=1.0, help="service seconds a real second")
    parser.add_argument("--only", help=f"comma list of {', '.join(SERVICES)}")
    parser.add_argument(
        "--bot-url", default=DEFAULT_REQUEST_URL, help="where the local Slack delivers"
    )
    given = parser.parse_args()
    only = None if given.only is None else given.only.split(",")
    try:
        run(port=given.port, speed=given.speed, only=only, bot_url=given.bot_url)
    except (ValueError, OSError) as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
