"""Each module with measure() -> rows of bench.json: {"name", "size", "measured", "limit", "ok", "detail"}."""
