"""Durations: what ops may write, and what they are told otherwise."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core import durations
from makegood.core.durations import BadDuration, Duration, Unit


@given(st.builds(Duration, st.integers(0, 999_999), st.sampled_from(Unit)))
def test_what_is_written_is_read_back(duration):
    assert durations.parse(str(duration)) == duration


@pytest.mark.parametrize("text", ["", "3", "d", "3 d", "-1d", "1.5h", "3w", "3D", "٣d", "3d4h", None, 3])
def test_anything_else_is_refused_with_examples(text):
    with pytest.raises(BadDuration, match="such as 30s"):
        durations.parse(text)


def test_a_bad_duration_is_a_value_error_for_pydantic():
    with pytest.raises(ValueError, match="not a duration"):
        durations.parse("soon")


def test_business_days_have_no_length_without_a_calendar():
    assert durations.parse("48h").span == timedelta(hours=48)
    with pytest.raises(ValueError, match="takes a calendar"):
        _ = durations.parse("3bd").span
