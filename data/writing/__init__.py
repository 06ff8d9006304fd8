"""Files that leave: official shapefiles, GeoPackage, GeoJSON, CSV, XLSX, GPX."""
