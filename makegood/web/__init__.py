"""The web room: signed doors for machines, desk pages for colleagues, one page for each customer."""
