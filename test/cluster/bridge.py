"""Runs SQL in a database inside this process: a JSON line in ({"sql": ...}), a JSON line out ({"columns": {name: values}} or {"error": ...})."""

import json
import sys


def duckdb_runner():
    import duckdb

    database = duckdb.connect()

    def run(sql):
        result = database.execute(sql)
        columns = result.fetchnumpy() if sql.lstrip().upper().startswith("SELECT") else {}
        return json.dumps({"columns": {name: values.tolist() for name, values in columns.items()}})

    return run


def chdb_runner():
    from chdb.session import Session

    session = Session()
    session.query("CREATE DATABASE IF NOT EXISTS work ENGINE = Atomic")
    session.query("USE work")

    def run(sql):
        reads = sql.lstrip().upper().startswith("SELECT")
        result = session.query(sql + (" FORMAT JSONColumns" if reads else ""))
        text = str(result).strip()
        return '{"columns": %s}' % text.replace("\n", " ") if reads and text else '{"columns": {}}'

    return run


def main():
    run = {"duckdb": duckdb_runner, "chdb": chdb_runner}[sys.argv[1]]()
    print("{}", flush=True)
    for line in sys.stdin:
        try:
            answer = run(json.loads(line)["sql"])
        except Exception as error:
            answer = json.dumps({"error": str(error)})
        print(answer, flush=True)


main()
