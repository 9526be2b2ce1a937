"""Tests of what checks the code."""
