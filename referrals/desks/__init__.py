"""Pages, one module an audience: adviser, garage, pilot, volunteer."""
