"""What makes a place on the map: the limits of latitude and longitude."""

LATITUDES = (-90.0, 90.0)
LONGITUDES = (-180.0, 180.0)
