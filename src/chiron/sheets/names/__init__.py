"""Whom a text means: the words of names, the people of one sheet by them, and one text understood."""
