#!/usr/bin/env python3
"""Runs the statements of standard input, one a line, in the DuckDB database that is named.

    ask_duckdb.py DATABASE

Answers each with a line `rows seconds cpu_seconds value`; the value is the last row's first cell, when
that is a number. `pip install duckdb` gives it what it needs.
"""
import sys
import time

import duckdb

connection = duckdb.connect(sys.argv[1])
for statement in sys.stdin:
    clock, cpu = time.perf_counter(), time.process_time()
    rows = connection.execute(statement).fetchall()
    seconds, cpu = time.perf_counter() - clock, time.process_time() - cpu
    value = rows[-1][0] if rows and isinstance(rows[-1][0], int) else 0
    print(len(rows), seconds, cpu, value, flush=True)
