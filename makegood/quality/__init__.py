"""Checks of the case data by Great Expectations: the only room that imports it, since that costs seconds."""
