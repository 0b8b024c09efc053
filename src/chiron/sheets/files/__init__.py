"""Files opened within limits: workbooks and text files, their headings and rows."""
