"""Files we write: rows of texts as CSV (UTF-8, CP949) and as workbooks, a part at a time."""
