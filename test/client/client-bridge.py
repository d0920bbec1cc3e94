"""Drives the official Airflow client: one JSON call a line in, one JSON answer a line out.

A call is {"api", "operation", "arguments"}. The answer holds the HTTP status and, when the client could read the body into
the type that it promises, the name of that type and its fields; otherwise what went wrong.
"""

import inspect
import json
import re
import sys
import typing

import airflow_client.client as airflow
from airflow_client.client.exceptions import ApiException
from pydantic import BaseModel


def operations():
    """Every operation of the client, each once: a name that two classes share is one route."""
    seen = {}
    for name, api in inspect.getmembers(airflow, inspect.isclass):
        if not name.endswith("Api"):
            continue
        for operation, function in inspect.getmembers(api, inspect.isfunction):
            if not operation.endswith("_serialize"):
                continue
            source = inspect.getsource(function)
            method = re.search(r"method='(\w+)'", source).group(1)
            path = re.search(r"resource_path='([^']+)'", source).group(1)
            seen.setdefault(f"{method} {path}", [name, operation[1 : -len("_serialize")], method, path])
    return sorted(seen.values(), key=lambda row: (row[0], row[1]))


def model_of(hint):
    """The model that a parameter wants, out of its annotation; None for plain values."""
    if inspect.isclass(hint) and issubclass(hint, BaseModel):
        return hint
    for inner in typing.get_args(hint):
        found = model_of(inner)
        if found is not None:
            return found
    return None


def arguments_of(function, given):
    hints = typing.get_type_hints(inspect.unwrap(function))
    read = {}
    for name, value in given.items():
        model = model_of(hints.get(name))
        read[name] = model.from_dict(value) if model is not None and isinstance(value, dict) else value
    return read


def plain(value):
    if isinstance(value, BaseModel):
        return json.loads(value.to_json())
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def answer_of(client, call):
    api = getattr(airflow, call["api"])(client)
    function = getattr(api, call["operation"] + "_with_http_info")
    try:
        answer = function(**arguments_of(function, call["arguments"]))
        return {"status": answer.status_code, "type": type(answer.data).__name__, "body": plain(answer.data)}
    except ApiException as error:
        return {"status": error.status, "refused": error.body}
    # Whatever else it raises: a body that is not what it promises, an argument it refuses, a server that is away.
    except Exception as error:
        return {"status": None, "unreadable": str(error)}


def main():
    if sys.argv[1:] == ["operations"]:
        print(json.dumps(operations()))
        return
    host, token = sys.argv[1:]
    client = airflow.ApiClient(airflow.Configuration(host=host, access_token=token))
    for line in sys.stdin:
        print(json.dumps(answer_of(client, json.loads(line)), default=str), flush=True)


main()
