"""What intake reaches outside its database: where the bytes of documents lie, and the program that reads PDFs."""
