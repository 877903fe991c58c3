"""What notifications does: it keeps what events tell, decides by its rules who is told what, and sends the mails."""
