"""`work`, which runs beside the web process, and `run_job`, which it starts for each long job."""
