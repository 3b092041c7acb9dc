"""Many cases in one transaction: set-based statements for the bulk lane, each under its case's fence."""
