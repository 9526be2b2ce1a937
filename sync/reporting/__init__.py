"""What organizers ask of their sales: which part, compared with what, on a page, as a workbook, on paper or by mail."""
