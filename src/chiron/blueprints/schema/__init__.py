"""What a programme and its rules may say, read from files with every fault named by its line."""
