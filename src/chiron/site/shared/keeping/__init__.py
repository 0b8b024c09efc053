"""Obeying what tables declare: the daily walk, erasing a person, and the receipts of both."""
