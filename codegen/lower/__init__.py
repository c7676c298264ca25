"""From descriptions to Model IR: what the user wrote, with names resolved and types known."""
