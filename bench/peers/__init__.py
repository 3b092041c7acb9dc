"""The peers' drivers with the approval given by rule, on the `common.py` of $PEERS_HOME/bench."""
