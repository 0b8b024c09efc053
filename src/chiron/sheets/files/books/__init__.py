"""Workbooks opened: .xlsx part by part, other kinds by a library, each as grids of text."""
