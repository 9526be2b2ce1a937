"""The screens: each draws one view and says what the person did."""
