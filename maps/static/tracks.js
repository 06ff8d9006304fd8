"use strict";
// Tracks drawn on canvas tiles: a quarter of forty rangers has more points than shapes could bear.
luotu.TrackTiles = L.GridLayer.extend({
  options: { pane: "plots", updateWhenZooming: false },

  initialize: function (tracks) {
    L.GridLayer.prototype.initialize.call(this);
    this.tracks = tracks;
  },

  createTile: function (coords) {
    var size = this.getTileSize();
    var tile = L.DomUtil.create("canvas", "leaflet-tile");
    var ratio = window.devicePixelRatio || 1;
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    this.paint(tile, coords);
    return tile;
  },

  // The same tiles again: a slider that took them away would flicker.
  repaint: function () {
    Object.keys(this._tiles).forEach(function (key) {
      this.paint(this._tiles[key].el, this._tiles[key].coords);
    }, this);
  },

  paint: function (tile, coords) {
    var size = this.getTileSize();
    var pen = tile.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, tile.width, tile.height);
    pen.scale(tile.width / size.x, tile.height / size.y);
    pen.lineJoin = "round";
    pen.lineCap = "round";
    this.draw(pen, coords, size);
  },

  draw: function (pen, coords, size) {
    var lines = this.tracks.lines;
    var scale = Math.pow(2, coords.z - lines.zoom);
    var left = coords.x * size.x;
    var top = coords.y * size.y;
    var margin = 4 / scale;
    var west = left / scale - margin, east = (left + size.x) / scale + margin;
    var north = top / scale - margin, south = (top + size.y) / scale + margin;
    var box = lines.box;
    for (var i = 0; i < lines.count; i += 1) {
      if (this.tracks.visible[i] && box[4 * i] <= east && box[4 * i + 2] >= west &&
          box[4 * i + 1] <= south && box[4 * i + 3] >= north) {
        this.drawOne(pen, i, scale, left, top);
      }
    }
  },

  drawOne: function (pen, i, scale, left, top) {
    var lines = this.tracks.lines;
    pen.beginPath();
    for (var p = lines.part[i]; p < lines.part[i + 1]; p += 1) {
      var from = lines.point[p];
      var to = lines.point[p + 1];
      var x = lines.x[from] * scale - left;
      var y = lines.y[from] * scale - top;
      pen.moveTo(x, y);
      for (var k = from + 1; k < to; k += 1) {
        var nextX = lines.x[k] * scale - left;
        var nextY = lines.y[k] * scale - top;
        if (k === to - 1 || Math.abs(nextX - x) + Math.abs(nextY - y) > 0.8) { // nobody sees less
          pen.lineTo(nextX, nextY);
          x = nextX;
          y = nextY;
        }
      }
    }
    // A few tracks have a white edge that keeps them apart; of many, the strength tells how often
    // a way was walked.
    if (!this.tracks.crowded) {
      pen.strokeStyle = "rgba(255, 255, 255, 0.8)";
      pen.lineWidth = 3.6;
      pen.stroke();
    }
    pen.strokeStyle = this.tracks.colourOf(i);
    pen.globalAlpha = this.tracks.crowded ? 0.45 : 1;
    pen.lineWidth = this.tracks.crowded ? 1.4 : 2;
    pen.stroke();
    pen.globalAlpha = 1;
  }
});

// Tracks: which are shown, and which lies under the pointer.
luotu.Tracks = L.Layer.extend({
  many: 120,

  initialize: function (data, page) {
    this.data = data;
    this.page = page;
    this.lines = luotu.lines(data.line);
    ["zone", "day", "minute", "minutes", "metres", "result", "reason"].forEach(function (name) {
      this[name] = luotu.unpack(data[name]);
    }, this);
    this.ranger = data.ranger === undefined ? null : luotu.unpack(data.ranger);
    this.visible = new Uint8Array(data.count).fill(1);
    this.colourBy = "result";
    this.only = ""; // a zone, one more than its place
    this.hidden = {}; // results that are not ticked
    this.tiles = new luotu.TrackTiles(this);
  },

  onAdd: function (map) {
    this.tiles.addTo(map);
  },

  onRemove: function () {
    this.tiles.remove();
  },

  colourOf: function (i) {
    return this.colourBy === "result"
      ? this.data.results[this.result[i]].colour
      : this.data.colours[this.zone[i] % this.data.colours.length];
  },

  // From and to are days of the slider, both included.
  choose: function (from, to) {
    for (var i = 0; i < this.data.count; i += 1) {
      this.visible[i] = this.day[i] >= from && this.day[i] <= to && !this.hidden[this.result[i]] &&
        (this.only === "" || this.zone[i] === Number(this.only)) ? 1 : 0;
    }
    this.crowded = this.total().count > this.many;
    this.repaint();
  },

  repaint: function () {
    if (this.tiles._map) {
      this.tiles.repaint();
    }
  },

  total: function () {
    var out = { count: 0, metres: 0 };
    for (var i = 0; i < this.data.count; i += 1) {
      if (this.visible[i]) {
        out.count += 1;
        out.metres += this.metres[i] ? this.metres[i] - 1 : 0;
      }
    }
    return out;
  },

  // How many tracks of a result there are in the whole file.
  counts: function () {
    var counts = this.data.results.map(function () { return 0; });
    this.result.forEach(function (result) { counts[result] += 1; });
    return counts;
  },

  // Zones that have a track: places of the block of zones, one more than that.
  zones: function () {
    var there = {};
    this.zone.forEach(function (zone) { there[zone] = true; });
    return Object.keys(there).map(Number).filter(function (zone) { return zone > 0; });
  },

  // Tracks that pass within a few pixels of a point, the newest first.
  at: function (latlng) {
    var hits = [];
    if (!this._map) {
      return hits;
    }
    var lines = this.lines;
    var at = this._map.project(latlng, lines.zoom);
    var slack = 6 * Math.pow(2, lines.zoom - this._map.getZoom());
    for (var i = lines.count - 1; i >= 0; i -= 1) {
      var b = 4 * i;
      if (this.visible[i] &&
          at.x >= lines.box[b] - slack && at.x <= lines.box[b + 2] + slack &&
          at.y >= lines.box[b + 1] - slack && at.y <= lines.box[b + 3] + slack &&
          luotu.passes(lines, i, at, slack)) {
        hits.push(i);
      }
    }
    return hits;
  },

  name: function (i) {
    var names = this.page.data.districts.name;
    return this.zone[i] ? names[this.zone[i] - 1] : luotu.say("track");
  }
});

// Does a line pass within that many pixels of a point?
luotu.passes = function (lines, i, at, slack) {
  for (var p = lines.part[i]; p < lines.part[i + 1]; p += 1) {
    for (var k = lines.point[p] + 1; k < lines.point[p + 1]; k += 1) {
      var dx = lines.x[k] - lines.x[k - 1];
      var dy = lines.y[k] - lines.y[k - 1];
      var along = ((at.x - lines.x[k - 1]) * dx + (at.y - lines.y[k - 1]) * dy) / (dx * dx + dy * dy);
      along = Math.max(0, Math.min(1, along));
      var awayX = lines.x[k - 1] + along * dx - at.x;
      var awayY = lines.y[k - 1] + along * dy - at.y;
      if (awayX * awayX + awayY * awayY <= slack * slack) {
        return true;
      }
    }
  }
  return false;
};

luotu.clock = function (minute) {
  var two = function (n) { return (n < 10 ? "0" : "") + n; };
  return two(Math.floor(minute / 60) % 24) + ":" + two(Math.round(minute) % 60);
};

luotu.km = function (metres) {
  return luotu.number(metres / 1000, metres < 100000 ? 1 : 0) + " km";
};

luotu.trackSheet = function (tracks, i) {
  var data = tracks.data;
  var sheet = luotu.el("div", "sheet");
  var minutes = tracks.minutes[i];
  var span = luotu.clock(tracks.minute[i]) + (minutes ? " – " + luotu.clock(tracks.minute[i] + minutes) : "");
  luotu.add(sheet, luotu.add(luotu.el("h2"), luotu.user(tracks.name(i))));
  luotu.add(sheet, luotu.rows([
    [luotu.say("day"), tracks.page.timeline.dayText(tracks.day[i])],
    [luotu.say("hours"), span],
    [luotu.say("ranger"), tracks.ranger ? data.rangers[tracks.ranger[i]] : ""],
    [luotu.say("length"), tracks.metres[i] ? luotu.km(tracks.metres[i] - 1) : ""],
    [luotu.say("duration"), minutes ? luotu.say("minutes", luotu.number(minutes, 0)) : ""],
    [luotu.say("result"), luotu.pick(data.results[tracks.result[i]].label)],
    [luotu.say("reason"), luotu.pick(data.reasons[tracks.reason[i]])]
  ]));
  return sheet;
};
