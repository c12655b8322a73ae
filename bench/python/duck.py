"""DuckDB reads a file of earthquakes, counts those of magnitude 2.5 and more by
their network, and writes a table: duck.py FILE TABLE."""

from __future__ import annotations

import sys

import duckdb


def main(file: str, table: str) -> None:
    duckdb.sql(f"""
        copy (
          select net as network, count(*) as count, max(mag) as strongest
          from read_json('{file}', format = 'newline_delimited', columns = {{
            id: 'varchar', mag: 'double', place: 'varchar', "at": 'timestamp',
            net: 'varchar', depth: 'double', felt: 'bigint', alert: 'varchar'}})
          where mag >= 2.5
          group by net
          order by net
        ) to '{table}' (header)""")


if __name__ == "__main__":
    main(*sys.argv[1:])
