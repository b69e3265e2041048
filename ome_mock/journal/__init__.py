"""What was asked, answered, called back and written, of bounded size."""
