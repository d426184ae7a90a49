"""How do I take what this desk knows away with me?"""

import streamlit as st

from riskcore.services.exports import export_table
from riskcore.services.groups import list_groups
from riskcore.services.table_files import MEDIA_TYPES, table_file
from riskcore.ui.exporting import ask_export, file_name
from riskcore.ui.session import session

desk, user = session()

st.title("Export")
groups = {group.id: group.name for group in list_groups(desk, user)}
table, group, kind = ask_export(groups)
st.download_button(
    "Download",
    lambda: table_file(export_table(desk, user, table, group), kind),
    file_name(table, kind, desk.clock()),
    MEDIA_TYPES[kind],
    type="primary",
    icon=":material/download:",
    on_click="ignore",
)
st.caption(
    "Times are UTC. In CSV and XLSX, a text that a spreadsheet would run as a formula has an "
    "apostrophe before it. Snapshots as CSV or XLSX can be uploaded again as they are."
)
