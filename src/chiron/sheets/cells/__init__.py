"""One cell to one value: numbers, lists, times of the week, languages, fields of health."""
