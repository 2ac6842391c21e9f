"""Importing contacts: rows of a spreadsheet, thousands at once, become what the verbs would make of them one by one.

cells (texts → a wish or problems) → matching (whom it is about) → planning (what changes) → writing; undoing.
"""
