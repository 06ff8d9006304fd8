"""Findings of patrols and the steps taken on them."""
