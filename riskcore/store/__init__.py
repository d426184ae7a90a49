"""DuckDB: the only SQL. Functions take time as an argument, return values, know no rule.

Every read and write carries its owner in the query.
"""
