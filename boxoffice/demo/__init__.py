"""The whole stack on one machine: to look at, to drive from outside, and to prove that it adds up."""
