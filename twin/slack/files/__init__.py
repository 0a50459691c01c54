"""Files: uploaded in three steps or by people, kept in memory, shared and fetched."""
