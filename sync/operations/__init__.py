"""What keeps the hub at work, and what a person must look at: jobs, alerts, measures, and the list of problems."""
