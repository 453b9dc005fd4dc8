"""What schemathesis sends, made to find something now and then: of the values that it made up, every second is one that the
monitor knows. Loaded by api_fuzz_test.py through SCHEMATHESIS_HOOKS; DZ_KNOWN has the values, by the name of the parameter;
null stands for leaving it out.
"""

import json
import os
import zlib

import schemathesis

KNOWN = json.loads(os.environ["DZ_KNOWN"])


def known_or(name, made_up):
    """The same for the same value, whatever came before: a failure that is found is found again."""
    values = KNOWN.get(name)
    if not values or not isinstance(made_up, str):
        return made_up
    number = zlib.crc32(made_up.encode(errors="replace"))
    return values[number // 2 % len(values)] if number % 2 == 0 else made_up


def of_each(values):
    if not isinstance(values, dict):
        return values
    chosen = {name: known_or(name, value) for name, value in values.items()}
    return {name: value for name, value in chosen.items() if value is not None or values[name] is None}


@schemathesis.hook
def map_query(context, query):
    return of_each(query)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return of_each(path_parameters)


@schemathesis.hook
def map_body(context, body):
    return of_each(body)
