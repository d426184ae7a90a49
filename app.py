"""The process: pages, REST and WebSocket over one desk. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

if __name__ == "__main__":  # a visitor's page: Streamlit runs this file for each of them
    from riskcore.ui.router import run

    run()
else:  # the server: Streamlit and uvicorn look for this very line
    from riskcore.api.application import middleware, routes
    from riskcore.services.desk import the_desk
    from riskcore.ui.door import on_script_error
    from riskcore.ui.process import lifespan

    app = st.App(
        Path(__file__).resolve(),
        lifespan=lifespan,
        routes=routes(),
        middleware=middleware(the_desk, st.get_option("server.allowedHosts")),
        on_script_error=on_script_error,
    )
