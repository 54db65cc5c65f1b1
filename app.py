"""Starts Glacia: settings → logs → services → web app → serve."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from glacia_ui.db.embedded_database import START_ERRORS
from glacia_ui.services.container import open_services
from glacia_ui.settings import Settings, SettingsError, load_settings
from glacia_ui.telemetry.logs import configure_logs
from glacia_ui.web.app import create_app, stop_streams
from glacia_ui.web.options import web_options
from glacia_ui.web.server import Server, bind

if TYPE_CHECKING:
    import httpx2


async def serve(settings: Settings, model_transport: httpx2.AsyncBaseTransport | None = None) -> None:
    """Run until a signal says stop."""
    async with open_services(settings, model_transport=model_transport) as services:
        import pages  # Gradio takes seconds to import, and reads its settings when it is

        app = create_app(services, web_options(settings), pages.mount(services))
        socket = bind(settings.host, settings.port)

        def before_stop() -> None:
            services.generations.drain()
            stop_streams(app)
            services.feeds.close()

        server = Server(app, before_stop=before_stop)
        host, port = socket.getsockname()[:2]
        model = "the built-in demo model answers" if settings.is_demo else settings.model
        sys.stdout.write(f"Glacia is ready at http://{host}:{port} ({model}, {services.database}). Ctrl-C stops it.\n")
        sys.stdout.flush()
        await server.serve(sockets=[socket])


def main(model_transport: httpx2.AsyncBaseTransport | None = None) -> None:
    """Start, and stop cleanly. What cannot work ends it with one sentence."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"Glacia cannot start. {error}")
    logs = configure_logs(settings.log_dir, secrets=settings.secret_values())
    try:
        asyncio.run(serve(settings, model_transport))
    except KeyboardInterrupt:
        sys.exit(130)  # Ctrl-C before it served; everything has been closed on the way
    except (*START_ERRORS, OSError) as error:
        sys.exit(f"Glacia cannot start. {error}")
    finally:
        logs.close()


if __name__ == "__main__":
    main()
