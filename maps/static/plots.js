"use strict";
// A table that came packed: one column a property.
luotu.Table = function (columns, count) {
  this.count = count;
  this.columns = columns;
  this.byId = Object.create(null); // a user may call a column __proto__
  columns.forEach(function (column) {
    if (column.packed !== undefined) {
      column.numbers = luotu.unpack(column.packed);
    }
    this.byId[column.id] = column;
  }, this);
};

// 0: not given; otherwise one more than the place among the choices.
luotu.Table.prototype.place = function (id, row) {
  var column = this.byId[id];
  return column ? column.numbers[row] : 0;
};

luotu.Table.prototype.area = function (row) {
  var column = this.byId.area_m2;
  return column && column.numbers[row] ? column.numbers[row] - 1 : 0;
};

// What a person reads; an empty text where nothing is given.
luotu.Table.prototype.text = function (column, row) {
  if (column.kind === "text") {
    return column.values[row];
  }
  var number = column.numbers[row];
  if (!number) {
    return "";
  }
  return column.kind === "area" ? luotu.area(number - 1) : luotu.pick(column.choices[number - 1]);
};

luotu.Table.prototype.named = function (id, row) {
  return this.byId[id] ? this.text(this.byId[id], row) : "";
};

// Plots counted and their areas added up, each stage apart: planned ground is no planted ground.
luotu.Sums = function (table) {
  this.table = table;
  this.plots = 0;
  this.m2 = 0;
  this.stages = [];
};

luotu.Sums.prototype.add = function (row, plots) {
  this.put(this.table.place("stage", row), plots, this.table.area(row));
};

luotu.Sums.prototype.put = function (stage, plots, m2) {
  var sum = this.stages[stage] || (this.stages[stage] = { plots: 0, m2: 0 });
  this.plots += plots;
  this.m2 += m2;
  sum.plots += plots;
  sum.m2 += m2;
};

luotu.Sums.prototype.merge = function (other) {
  other.stages.forEach(function (sum, stage) { this.put(stage, sum.plots, sum.m2); }, this);
};

// A line a stage; one line where the stages are not known.
luotu.Sums.prototype.lines = function () {
  var stage = this.table.byId.stage;
  var box = luotu.el("div", "sums");
  luotu.add(box, luotu.el("div", "", luotu.say("plots_unit", luotu.number(this.plots, 0))));
  this.stages.forEach(function (sum, place) {
    var name = place ? luotu.pick(stage.choices[place - 1]) : luotu.say(stage ? "unknown" : "area_m2");
    luotu.add(box, luotu.el("div", "stage", luotu.say(
      "stage_sum", name, luotu.say("plots_unit", luotu.number(sum.plots, 0)), luotu.area(sum.m2))));
  });
  return box;
};

// Plots drawn on canvas tiles: 100 000 of them would be too many for shapes of their own.
luotu.PlotTiles = L.GridLayer.extend({
  options: { pane: "plots", updateWhenZooming: false },

  initialize: function (plots) {
    L.GridLayer.prototype.initialize.call(this);
    this.plots = plots;
  },

  createTile: function (coords) {
    var size = this.getTileSize();
    var tile = L.DomUtil.create("canvas", "leaflet-tile");
    var ratio = window.devicePixelRatio || 1;
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    var pen = tile.getContext("2d");
    pen.scale(ratio, ratio);
    pen.lineJoin = "round";
    this.draw(pen, coords, size);
    return tile;
  },

  draw: function (pen, coords, size) {
    var shapes = this.plots.shapes;
    var scale = Math.pow(2, coords.z - shapes.zoom);
    var left = coords.x * size.x;
    var top = coords.y * size.y;
    var margin = 3 / scale;
    var west = left / scale - margin, east = (left + size.x) / scale + margin;
    var north = top / scale - margin, south = (top + size.y) / scale + margin;
    var box = shapes.box;
    for (var i = 0; i < shapes.count; i += 1) {
      if (this.plots.visible[i] && box[4 * i] <= east && box[4 * i + 2] >= west &&
          box[4 * i + 1] <= south && box[4 * i + 3] >= north) {
        this.drawOne(pen, i, scale, left, top);
      }
    }
  },

  drawOne: function (pen, i, scale, left, top) {
    var shapes = this.plots.shapes;
    var look = this.plots.lookOf(i);
    pen.strokeStyle = look.colour;
    pen.fillStyle = look.colour;
    var wide = (shapes.box[4 * i + 2] - shapes.box[4 * i]) * scale;
    var high = (shapes.box[4 * i + 3] - shapes.box[4 * i + 1]) * scale;
    if (wide < 4 && high < 4) {
      pen.globalAlpha = 1;
      pen.fillRect(shapes.box[4 * i] * scale - left - 1, shapes.box[4 * i + 1] * scale - top - 1, 4, 4);
      return;
    }
    pen.beginPath();
    for (var r = shapes.ring[shapes.polygon[i]]; r < shapes.ring[shapes.polygon[i + 1]]; r += 1) {
      for (var k = shapes.point[r]; k < shapes.point[r + 1]; k += 1) {
        pen[k === shapes.point[r] ? "moveTo" : "lineTo"](shapes.x[k] * scale - left, shapes.y[k] * scale - top);
      }
      pen.closePath();
    }
    pen.globalAlpha = look.fill;
    pen.fill("evenodd");
    pen.globalAlpha = 1;
    pen.lineWidth = look.dashed ? 2 : 1.4;
    pen.setLineDash(look.dashed ? [5, 3] : []);
    pen.stroke();
  }
});

// Plots: as shapes where they can be seen, as counted clusters where they cannot.
luotu.Plots = L.Layer.extend({
  initialize: function (data, page) {
    this.data = data;
    this.page = page;
    this.shapes = data.shape ? luotu.shapes(data.shape) : null;
    this.table = new luotu.Table(data.columns, data.count);
    this.visible = new Uint8Array(data.count).fill(1);
    this.colourBy = data.colour_by[0] || null;
    this.place = this.points();
    this.tiles = this.shapes ? new luotu.PlotTiles(this) : null;
    this.clusters = new luotu.Clusters(this);
    this.shapeZoom = this.shapes ? this.firstShapeZoom() : Infinity;
  },

  // One point for each row, for clusters: pixels at the block's zoom.
  points: function () {
    var count = this.data.count;
    if (!this.shapes) {
      return {
        zoom: this.data.zoom,
        x: luotu.unpack(this.data.x),
        y: luotu.unpack(this.data.y),
        plots: luotu.unpack(this.data.plots)
      };
    }
    var x = new Float64Array(count);
    var y = new Float64Array(count);
    for (var i = 0; i < count; i += 1) {
      x[i] = (this.shapes.box[4 * i] + this.shapes.box[4 * i + 2]) / 2;
      y[i] = (this.shapes.box[4 * i + 1] + this.shapes.box[4 * i + 3]) / 2;
    }
    return { zoom: this.shapes.zoom, x: x, y: y, plots: new Float64Array(count).fill(1) };
  },

  // Half of the plots are at least five pixels wide or high from here on.
  firstShapeZoom: function () {
    var box = this.shapes.box;
    var sizes = [];
    for (var i = 0; i < this.data.count; i += 1) {
      var size = Math.max(box[4 * i + 2] - box[4 * i], box[4 * i + 3] - box[4 * i + 1]);
      if (size >= 0) {
        sizes.push(size);
      }
    }
    if (sizes.length <= 200) {
      return 0;
    }
    sizes.sort(function (a, b) { return a - b; });
    var median = Math.max(sizes[Math.floor(sizes.length / 2)], 1e-6);
    return Math.min(Math.ceil(this.shapes.zoom + Math.log2(5 / median)), this.shapes.zoom);
  },

  asShapes: function () {
    return this.page.map.getZoom() >= this.shapeZoom;
  },

  lookOf: function (i) {
    var place = this.colourBy ? this.table.place(this.colourBy, i) : 0;
    var stage = this.table.byId.stage ? this.table.byId.stage.codes[this.table.place("stage", i) - 1] : "";
    return {
      colour: this.colourOf(this.colourBy, place),
      dashed: stage === "planned",
      fill: stage === "planned" ? 0.12 : stage === "cancelled" ? 0 : 0.5
    };
  },

  colourOf: function (id, place) {
    var colours = id ? this.data.colours[id] : null;
    return colours && place ? colours[place - 1] : this.data.plain;
  },

  onAdd: function (map) {
    map.on("zoomend moveend", this.refresh, this);
    this.refresh();
  },

  onRemove: function (map) {
    map.off("zoomend moveend", this.refresh, this);
    this.clusters.remove();
    if (this.tiles) {
      this.tiles.remove();
    }
  },

  refresh: function () {
    var shapes = this.asShapes();
    if (this.tiles) {
      if (shapes && !this.tiles._map) {
        this.tiles.addTo(this._map);
      } else if (!shapes) {
        this.tiles.remove();
      }
    }
    if (shapes) {
      this.clusters.remove();
    } else {
      this.clusters.show(this._map);
    }
  },

  redraw: function () {
    if (this._map) {
      if (this.tiles && this.tiles._map) {
        this.tiles.redraw();
      }
      this.refresh();
    }
  },

  // keep(row) says which rows are shown.
  choose: function (keep) {
    for (var i = 0; i < this.data.count; i += 1) {
      this.visible[i] = keep(i) ? 1 : 0;
    }
    this.redraw();
  },

  // Rows under a point; a plot too small to be hit is taken from four pixels around it.
  at: function (latlng) {
    if (!this._map || !this.asShapes()) {
      return [];
    }
    var shapes = this.shapes;
    var p = this._map.project(latlng, shapes.zoom);
    var slack = 4 * Math.pow(2, shapes.zoom - this._map.getZoom());
    var hits = [];
    for (var i = 0; i < shapes.count; i += 1) {
      var b = 4 * i;
      var near = this.visible[i] &&
        p.x >= shapes.box[b] - slack && p.x <= shapes.box[b + 2] + slack &&
        p.y >= shapes.box[b + 1] - slack && p.y <= shapes.box[b + 3] + slack;
      if (!near) {
        continue;
      }
      var small = Math.max(shapes.box[b + 2] - shapes.box[b], shapes.box[b + 3] - shapes.box[b + 1]) < 2 * slack;
      if (small || luotu.holds(shapes, i, p.x, p.y)) {
        hits.push(i);
      }
    }
    return hits;
  },

  // Where nobody tells the review, all plots passed it.
  isReviewed: function (i) {
    var review = this.table.byId.review;
    return !review || review.codes[this.table.place("review", i) - 1] === "approved";
  },

  total: function () {
    var sums = new luotu.Sums(this.table);
    for (var i = 0; i < this.data.count; i += 1) {
      if (this.visible[i]) {
        sums.add(i, this.place.plots[i]);
      }
    }
    return sums;
  }
});
