"""The pure core: procedures, plans, the fold over a journal, and the one decision. No I/O and no clock."""
