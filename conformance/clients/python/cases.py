"""Runs the cases of one program and prints a line of JSON for each, which sdk-programs.ts reads."""

import json
import traceback


class Cases:
    """Collects functions with a name, and runs them in that order."""

    def __init__(self):
        self._cases = []

    def case(self, name):
        def add(function):
            self._cases.append((name, function))
            return function

        return add

    def run(self, *arguments):
        for name, function in self._cases:
            try:
                function(*arguments)
                outcome = {"name": name, "passed": True}
            except Exception:
                outcome = {"name": name, "passed": False, "detail": traceback.format_exc()}
            print(json.dumps(outcome), flush=True)


def equal(actual, expected):
    assert actual == expected, f"must be {expected!r}: current value is {actual!r}"
