"""Live workbooks: Excel, LibreOffice and one in memory behind the same xlwings objects."""
