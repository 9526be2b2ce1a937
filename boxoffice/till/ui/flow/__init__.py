"""What the screens show and do, without any Qt: state, keys and the questions put to the till."""
