"""A local service that always answers "Producing", one answer in a hundred after five seconds.

It is no twin: it checks nothing, so that it is not what is measured. Slack's `auth.test` is
answered too, since `serve` asks it at the start.
"""

import asyncio
import random
import sys

from aiohttp import web

SLOW_SHARE = 0.01
SLOW_S = 5.0


def build_app(*, seed: int) -> web.Application:
    """Build the server; `seed` decides which answers are slow."""
    draw = random.Random(seed)  # noqa: S311 - it only chooses who waits

    async def look(_request: web.Request) -> web.Response:
        if draw.random() < SLOW_SHARE:
            await asyncio.sleep(SLOW_S)
        return web.json_response({"status": "Producing"})

    async def auth_test(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team_id": "T0BENCH"})

    app = web.Application()
    app.router.add_get("/v1/{rest:.*}", look)
    app.router.add_post("/api/auth.test", auth_test)
    return app


if __name__ == "__main__":
    web.run_app(build_app(seed=1), host="127.0.0.1", port=int(sys.argv[1]), print=None)
