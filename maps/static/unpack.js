"use strict";
// The other half of maps/packing.py and maps/shapes.py.
luotu.unpack = (function () {
  var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  var digit = new Uint8Array(128);
  for (var i = 0; i < 64; i += 1) {
    digit[letters.charCodeAt(i)] = i;
  }
  return function (text) {
    var count = 0;
    var at;
    for (at = 0; at < text.length; at += 1) {
      if (digit[text.charCodeAt(at)] < 32) {
        count += 1;
      }
    }
    var out = new Float64Array(count);
    var value = 0;
    var unit = 1;
    count = 0;
    for (at = 0; at < text.length; at += 1) {
      var five = digit[text.charCodeAt(at)];
      value += (five & 31) * unit; // no shift: 2**32 and above must stay whole
      if (five < 32) {
        out[count] = value;
        count += 1;
        value = 0;
        unit = 1;
      } else {
        unit *= 32;
      }
    }
    return out;
  };
})();

luotu.unpackSigned = function (text) {
  var out = luotu.unpack(text);
  for (var i = 0; i < out.length; i += 1) {
    out[i] = out[i] % 2 ? -(out[i] + 1) / 2 : out[i] / 2;
  }
  return out;
};

luotu.starts = function (counts) {
  var out = new Int32Array(counts.length + 1);
  for (var i = 0; i < counts.length; i += 1) {
    out[i + 1] = out[i] + counts[i];
  }
  return out;
};

// Polygons in pixels of the block's zoom. Feature f has polygons polygon[f] … polygon[f + 1],
// these have rings ring[p] … ring[p + 1], these have points point[r] … point[r + 1].
luotu.shapes = function (block) {
  var steps = luotu.unpackSigned(block.xy);
  var shapes = {
    count: block.count,
    zoom: block.zoom,
    polygon: luotu.starts(luotu.unpack(block.polygons)),
    ring: luotu.starts(luotu.unpack(block.rings)),
    point: luotu.starts(luotu.unpack(block.points)),
    x: new Float64Array(steps.length / 2),
    y: new Float64Array(steps.length / 2)
  };
  luotu.walk(steps, block.subpixels, shapes);
  shapes.box = luotu.boxes(shapes);
  return shapes;
};

// Lines in pixels of the block's zoom. Line f has parts part[f] … part[f + 1], these have points
// point[p] … point[p + 1].
luotu.lines = function (block) {
  var steps = luotu.unpackSigned(block.xy);
  var lines = {
    count: block.count,
    zoom: block.zoom,
    part: luotu.starts(luotu.unpack(block.parts)),
    point: luotu.starts(luotu.unpack(block.points)),
    x: new Float64Array(steps.length / 2),
    y: new Float64Array(steps.length / 2)
  };
  luotu.walk(steps, block.subpixels, lines);
  // A line is to its parts what a polygon of one ring is to its points.
  lines.box = luotu.boxes({
    count: lines.count, x: lines.x, y: lines.y, point: lines.point, polygon: lines.part,
    ring: Int32Array.from({ length: lines.point.length }, function (_, i) { return i; })
  });
  return lines;
};

// From steps to places.
luotu.walk = function (steps, subpixels, out) {
  var x = 0;
  var y = 0;
  for (var i = 0; i < out.x.length; i += 1) {
    x += steps[2 * i];
    y += steps[2 * i + 1];
    out.x[i] = x / subpixels;
    out.y[i] = y / subpixels;
  }
};

// West, north, east, south of each feature; a feature without points gets NaN and is never drawn.
luotu.boxes = function (shapes) {
  var box = new Float64Array(4 * shapes.count).fill(NaN);
  for (var f = 0; f < shapes.count; f += 1) {
    var from = shapes.point[shapes.ring[shapes.polygon[f]]];
    var to = shapes.point[shapes.ring[shapes.polygon[f + 1]]];
    if (from === to) {
      continue;
    }
    var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (var i = from; i < to; i += 1) {
      west = Math.min(west, shapes.x[i]);
      east = Math.max(east, shapes.x[i]);
      north = Math.min(north, shapes.y[i]);
      south = Math.max(south, shapes.y[i]);
    }
    box.set([west, north, east, south], 4 * f);
  }
  return box;
};

luotu.hasShape = function (shapes, feature) {
  return shapes.box[4 * feature] === shapes.box[4 * feature];
};

// Does the feature hold the point? Holes are out: the rings are counted together.
luotu.holds = function (shapes, feature, x, y) {
  var first = shapes.ring[shapes.polygon[feature]];
  var last = shapes.ring[shapes.polygon[feature + 1]];
  var inside = false;
  for (var r = first; r < last; r += 1) {
    var from = shapes.point[r];
    var to = shapes.point[r + 1];
    for (var i = from, j = to - 1; i < to; j = i, i += 1) {
      var yi = shapes.y[i];
      var yj = shapes.y[j];
      if (yi > y !== yj > y) {
        var cross = ((shapes.x[j] - shapes.x[i]) * (y - yi)) / (yj - yi) + shapes.x[i];
        if (x < cross) {
          inside = !inside;
        }
      }
    }
  }
  return inside;
};

// As Leaflet wants it: [polygon][ring][LatLng].
luotu.toLatLng = function (shapes, feature, map) {
  var polygons = [];
  for (var p = shapes.polygon[feature]; p < shapes.polygon[feature + 1]; p += 1) {
    var rings = [];
    for (var r = shapes.ring[p]; r < shapes.ring[p + 1]; r += 1) {
      var ring = [];
      for (var i = shapes.point[r]; i < shapes.point[r + 1]; i += 1) {
        ring.push(map.unproject([shapes.x[i], shapes.y[i]], shapes.zoom));
      }
      rings.push(ring);
    }
    polygons.push(rings);
  }
  return polygons;
};

luotu.boundsOf = function (shapes, features, map) {
  var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  features.forEach(function (f) {
    if (luotu.hasShape(shapes, f)) {
      west = Math.min(west, shapes.box[4 * f]);
      north = Math.min(north, shapes.box[4 * f + 1]);
      east = Math.max(east, shapes.box[4 * f + 2]);
      south = Math.max(south, shapes.box[4 * f + 3]);
    }
  });
  if (west === Infinity) {
    return null;
  }
  return L.latLngBounds(
    map.unproject([west, south], shapes.zoom),
    map.unproject([east, north], shapes.zoom)
  );
};
