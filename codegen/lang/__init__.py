"""The model language: texts to statements, flags and unresolved expressions."""
