"""The table in a file: header, delimiter, rows with their lines, and what is too much."""

from __future__ import annotations

import pytest

from riskcore.ingest import table
from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.table import delimiter_of, open_table


def rows(text: str) -> list[table.Row]:
    return list(open_table(text.encode()).rows)


def problem(text: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        rows(text)
    return str(caught.value)


@pytest.mark.parametrize("mark", ",;\t")
def test_the_header_tells_the_delimiter(mark):
    opened = open_table(f"a{mark}b\n1{mark}2\n".encode())
    assert opened.header == ("a", "b")
    assert list(opened.rows) == [(2, 2, ["1", "2"])]


def test_data_never_tells_the_delimiter():
    assert rows("a;b\n1,5;2,5\n1,2,3,4;5\n") == [(2, 2, ["1,5", "2,5"]), (3, 3, ["1,2,3,4", "5"])]


def test_a_mark_inside_quotes_is_part_of_a_name():
    assert delimiter_of('"Time, local, long";Balance;Equity') == ";"
    assert delimiter_of("Time, local;Balance;Equity") == ";"


@pytest.mark.parametrize("header", ["account", "a,b;c", "Report of June"])
def test_a_header_with_no_one_delimiter_is_refused(header):
    assert "does not tell whether comma, semicolon or tab" in problem(f"{header}\n1\n")


def test_a_first_line_can_declare_the_delimiter():
    assert rows("sep=;\na,x;b\n1;2\n") == [(3, 3, ["1", "2"])]


def test_blank_lines_and_rows_of_blank_cells_are_no_rows():
    assert rows("\n \na,b\n\n1,2\n,\n \t, \n3,4\n\n") == [(5, 5, ["1", "2"]), (8, 8, ["3", "4"])]


def test_names_are_trimmed_and_may_be_missing():
    assert open_table("\ufeff a ,\u00a0b\u00a0,,\n".encode()).header == ("a", "b", "", "")


def test_a_quoted_cell_may_hold_the_delimiter_a_quote_and_space_before_it():
    assert rows('a,b\n"1,234.50","say ""x"""\n1, "2,0"\n') == [
        (2, 2, ["1,234.50", 'say "x"']),
        (3, 3, ["1", "2,0"]),
    ]


def test_a_row_over_several_lines_says_so_and_the_count_of_lines_goes_on():
    assert rows('a,b\n"x\ny",2\n3,4\n') == [(2, 3, ["x\ny", "2"]), (4, 4, ["3", "4"])]


def test_a_quote_that_is_never_closed_is_refused_with_its_line():
    thousand = "1,2\n" * 1000
    assert "begins on line 3 of the file has a quote that is not closed" in problem(
        f'a,b\n1,2\n"3,4\n{thousand}'
    )


def test_a_quote_followed_by_text_is_refused_with_its_line():
    assert "line 2 of the file has a quote" in problem('a,b\n"1"x,2\n')


@pytest.mark.parametrize("header", ['"a,b', 'a,"b\nc"', '"a"x,b', 'sep=,\n"a,b'])
def test_a_broken_quote_in_the_header_is_refused(header):
    assert "the header has a quote" in problem(f"{header}\n1,2\n")


def test_a_blank_file_has_no_header():
    assert problem(" \n\r\n\t\n") == "the file has no header: it is blank"
    assert problem("sep=,\n") == "the file has no header: it is blank"


def test_64_columns_are_read_and_one_more_is_not():
    names = [f"c{number}" for number in range(65)]
    assert len(open_table(",".join(names[:64]).encode()).header) == 64
    assert problem(",".join(names)) == "the header has 65 columns, at most 64 are read"


def test_a_cell_of_4096_characters_is_read_and_one_more_is_not():
    cell = "x" * table.MAX_CELL_LENGTH
    assert rows(f"a,b\n1,{cell}\n")[0][2][1] == cell
    assert rows(f"a,b\n{cell},{cell}\n")[0][2] == [cell, cell]
    assert "line 2 of the file has a cell of 4,097 characters" in problem(f"a,b\n1,{cell}x\n")
    assert open_table(f"a,{cell}".encode()).header[1] == cell
    assert "the header has a cell of 4,097 characters" in problem(f"a,{cell}x")


def test_a_cell_over_many_lines_is_no_longer_than_one_on_a_line():
    assert "a cell of 5,000 characters" in problem('a,b\n"' + "x\n" * 2500 + '",1\n')
    assert "has a quote" in problem('a,b\n"' + "x\n" * 100_000 + '",1\n')


def test_two_million_rows_are_read_and_one_more_is_not():
    most = "a,b\n" + "1,2\n" * table.MAX_ROWS
    assert sum(1 for _ in open_table(most.encode()).rows) == table.MAX_ROWS
    assert problem(most + "1,2\n") == "the file has more than 2,000,000 rows: split it"
