"""Intake's adapters: the storage of documents, and the program that reads PDFs."""
