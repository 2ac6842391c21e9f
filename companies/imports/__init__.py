"""Companies from rows of a spreadsheet: cells → what is wished → which company is meant → what changes → written, and back."""
