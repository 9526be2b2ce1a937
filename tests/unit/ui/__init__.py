"""The screens' flows and words, without any window."""
