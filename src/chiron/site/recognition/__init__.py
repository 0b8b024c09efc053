"""Hours, certificates, credit, stipends, letters and thanks."""
