"""What is in my file, what of it is refused, and why?"""

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.uploads import find_upload, import_file, list_uploads, preview_file
from riskcore.ui.choice import object_id
from riskcore.ui.door import attempt
from riskcore.ui.new_accounts import ask_new_accounts, ask_template
from riskcore.ui.session import session
from riskcore.ui.tables import refusals_table, text_table, uploads_table
from riskcore.ui.uploading import (
    EXAMPLE,
    ask_columns,
    ask_file,
    ask_file_zone,
    brought,
    first_rows,
    nothing_taken,
    remember,
    summary,
)

desk, user = session()


def look(file_name: str, content: bytes) -> None:
    """What the file holds, what is refused, its new accounts, and the button that takes it in."""
    columns = ask_columns(content)
    time_zone = ask_file_zone()
    if columns is None:
        return
    with st.spinner("Reading the file …"):
        preview = preview_file(desk, user, file_name, content, columns=columns, time_zone=time_zone)
    st.markdown(summary(preview))
    refusals_table(preview.reading.refusals)
    if preview.reading.rows.empty:
        nothing_taken(time_zone)
        return
    st.markdown("##### The first rows, as they were read", anchors=False)
    text_table(first_rows(preview.reading), "The first rows of this file")
    template = ask_template(preview)
    with st.form("import"):
        said = ask_new_accounts(preview, template)
        if st.form_submit_button("Import", type="primary", icon=":material/download_done:"):
            attempt(
                lambda: import_file(desk, user, preview, said.drafts() if said else ()),
                f"{file_name} is imported",
                then=lambda upload: remember(upload, preview),
            )


st.title("Upload")
file = ask_file()
if file is not None:
    look(file.name, file.getvalue())
elif "upload" in st.query_params:
    upload_id = object_id(st.query_params["upload"], "upload")
    upload, refusals = find_upload(desk, user, upload_id)
    brought(upload, {account.number: account.id for account in list_accounts(desk, user)})
    refusals_table(refusals)

uploads = list_uploads(desk, user)
if uploads:
    st.subheader("Imported so far", anchor=False)
    uploads_table(uploads, desk.clock())
elif file is None:
    st.markdown(
        "The file needs a header and four columns: account, time, balance (closed positions) "
        "and equity (with open positions). Nothing changes until you have seen what is in it. "
        "For example:"
    )
    st.code(EXAMPLE, language=None, wrap_lines=True)
