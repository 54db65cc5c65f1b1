"""Arguments as text that Postgres can read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacia_ui.db.encoding import to_json, to_literal
from glacia_ui.errors import ValidationError

ID = UUID("00000000-0000-4000-8000-000000000001")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=10,
)


@settings(max_examples=50)
@given(json_values)
def test_json_comes_back_as_it_went(value: Any) -> None:
    assert json.loads(to_json(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("it's", "it's"),
        (True, "true"),
        (5, "5"),
        (1.5, "1.5"),
        ({"a": [1, None]}, '{"a":[1,null]}'),
        ([], "[]"),
        (["a"], '["a"]'),
        (ID, str(ID)),
        (Decimal("0.10"), "0.10"),
        (date(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, 12, 30, tzinfo=UTC), "2026-11-01T12:30:00+00:00"),
        ({"id": ID, "cost": Decimal("1.20")}, '{"id":"' + str(ID) + '","cost":"1.20"}'),
    ],
)
def test_values(value: Any, text: str | None) -> None:
    assert to_literal(value, is_array=False) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], "{}"),
        ([ID], '{"' + str(ID) + '"}'),
        ([1, None, "NULL"], '{"1",NULL,"NULL"}'),
        (['a"b', "c\\d", "{e,f}"], '{"a\\"b","c\\\\d","{e,f}"}'),
        ("{1,2}", "{1,2}"),
        (None, None),
    ],
)
def test_lists_for_array_parameters(value: Any, text: str | None) -> None:
    assert to_literal(value, is_array=True) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ["\ud800"], {"\udfff": 1}], ids=repr)
def test_what_no_database_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        to_literal(value, is_array=False)


def test_what_is_no_json_is_our_own_mistake() -> None:
    with pytest.raises(TypeError, match="set is no JSON"):
        to_json({"a": {1}})
