"""Glacia: describe a web project, watch Claude write it, compare and undo every change."""
