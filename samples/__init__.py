"""Sample applications: they use the library as any other program would."""
