"""Reporting areas: ground that is no district and gets figures."""
