"""What is in my file, what of it is refused, and why?"""

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.uploads import find_upload, import_file, list_uploads
from riskcore.ui.choice import object_id
from riskcore.ui.door import attempt
from riskcore.ui.file_answers import ask_answers, ask_more
from riskcore.ui.new_accounts import ask_new_accounts, ask_template
from riskcore.ui.previewing import ask_flows, show_preview
from riskcore.ui.reading_file import preview_of
from riskcore.ui.session import session
from riskcore.ui.tables import refusals_table, uploads_table
from riskcore.ui.typing_rows import ask_rows
from riskcore.ui.undoing import offer_refused_rows, offer_undo
from riskcore.ui.uploading import EXAMPLE, ask_file, brought, remember

desk, user = session()


def look(file_name: str, content: bytes) -> None:
    """What the file holds, what is refused, its new accounts, and the button that takes it in."""
    answers = ask_answers(desk, user, file_name, content)
    if answers is None:
        return
    preview = preview_of(desk, user, file_name, content, answers)
    if preview is None:
        return
    ask_more(preview)
    show_preview(preview)
    if preview.reading.rows.empty or preview.already is not None:
        return
    template = ask_template(preview)
    with st.form("import"):
        flows = ask_flows(preview)
        said = ask_new_accounts(preview, template)
        if st.form_submit_button("Import", type="primary", icon=":material/download_done:"):
            attempt(
                lambda: import_file(desk, user, preview, said.drafts() if said else (), flows),
                f"{file_name} is imported",
                then=lambda upload: remember(upload, preview),
            )


st.title("Upload")
file = ask_file()
typed = ask_rows() if file is None else None
if file is not None:
    look(file.name, file.getvalue())
elif typed is not None:
    look(*typed)
elif "upload" in st.query_params:
    upload_id = object_id(st.query_params["upload"], "upload")
    upload, refusals = find_upload(desk, user, upload_id)
    brought(upload, {account.number: account.id for account in list_accounts(desk, user)})
    refusals_table(refusals)
    offer_refused_rows(desk, user, upload)

uploads = list_uploads(desk, user)
if uploads:
    st.subheader("Imported so far", anchor=False)
    uploads_table(uploads, desk.clock())
    offer_undo(desk, user, uploads)
elif file is None and typed is None:
    st.markdown(
        "Exports of the usual platforms are recognised. A file of your own needs a header and "
        "four columns: account, time, balance (closed positions) and equity (with open "
        "positions). Nothing changes until you have seen what is in it. For example:"
    )
    st.code(EXAMPLE, language=None, wrap_lines=True)
