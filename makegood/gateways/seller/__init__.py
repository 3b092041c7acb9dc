"""The seller's own systems behind the Seller API: the sandbox, or an ERP with the same contract."""
