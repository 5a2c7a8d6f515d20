"""Expected answers: JSON in which some values stand for many.

SPDX-License-Identifier: GPL-2.0-or-later

A pattern is JSON that equals the answer, whatever the order of members, except for strings of these forms:

    "<any>" "<int>" "<number>" "<string>" "<bool>" "<list>" "<object>"     any value of that kind
    "<~ REGEX>"           a string in which the regular expression is found
    "<int as NAME>"       the same as "<int>"; the value is kept as NAME, for ${NAME} further down
    "...": "..."          as the last member of an object: further members may be there
    "..."                 as the last element of a list: further elements may follow
"""

import json
import re

KINDS = {
    "any": lambda value: True,
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
KIND = re.compile(r"<(\w+)(?: as (\w+))?>\Z")
MORE = "..."


def shown(value):
    """A value for a message, cut to what a person reads."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + " …"


def mismatch_string(pattern, value, place, names):
    """A pattern that is a string."""
    kind = KIND.match(pattern)
    if kind and kind[1] in KINDS:
        if not KINDS[kind[1]](value):
            return f"{place}: expected {pattern}, got {shown(value)}"
        if kind[2]:
            names[kind[2]] = value
        return None
    if pattern.startswith("<~ ") and pattern.endswith(">"):
        if isinstance(value, str) and re.search(pattern[3:-1], value):
            return None
        return f"{place}: expected a string with {pattern[3:-1]}, got {shown(value)}"
    return None if pattern == value else f"{place}: expected {shown(pattern)}, got {shown(value)}"


def mismatch_object(pattern, value, place, names):
    """A pattern that is an object."""
    if not isinstance(value, dict):
        return f"{place}: expected an object, got {shown(value)}"
    for name, inner in pattern.items():
        if name == MORE:
            continue
        if name not in value:
            return f"{place}: there is no member '{name}' in {shown(value)}"
        found = mismatch(inner, value[name], f"{place}.{name}", names)
        if found:
            return found
    further = [name for name in value if name not in pattern]
    if further and MORE not in pattern:
        return f"{place}: unexpected members {', '.join(further)} in {shown(value)}"
    return None


def mismatch_list(pattern, value, place, names):
    """A pattern that is a list."""
    if not isinstance(value, list):
        return f"{place}: expected a list, got {shown(value)}"
    more = bool(pattern) and pattern[-1] == MORE
    wanted = pattern[:-1] if more else pattern
    if len(value) < len(wanted) or (len(value) > len(wanted) and not more):
        return f"{place}: expected {len(wanted)} elements, got {len(value)}: {shown(value)}"
    for i, inner in enumerate(wanted):
        found = mismatch(inner, value[i], f"{place}[{i}]", names)
        if found:
            return found
    return None


def mismatch(pattern, value, place="answer", names=None):
    """None if the value fits; else what does not.  Kept values go to names."""
    names = {} if names is None else names
    if isinstance(pattern, str):
        return mismatch_string(pattern, value, place, names)
    if isinstance(pattern, dict):
        return mismatch_object(pattern, value, place, names)
    if isinstance(pattern, list):
        return mismatch_list(pattern, value, place, names)
    same = pattern == value and isinstance(pattern, bool) == isinstance(value, bool)
    return None if same else f"{place}: expected {shown(pattern)}, got {shown(value)}"
