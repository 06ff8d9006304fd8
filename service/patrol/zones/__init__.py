"""Zones of forest chiefs and rangers, with dated versions."""
