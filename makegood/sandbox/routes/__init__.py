"""The routes of the sandbox: the Seller API, one module per outside system, and the controls."""
