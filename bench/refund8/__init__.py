"""The peers' workload refund-8 as a makegood procedure, over the peers' own business tables."""
