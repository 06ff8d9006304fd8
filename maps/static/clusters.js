"use strict";
// Plots too small to be seen, counted in squares of the screen.
luotu.Clusters = L.LayerGroup.extend({
  squarePx: 72,
  apartPx: 46,

  initialize: function (plots) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.plots = plots;
  },

  show: function (map) {
    this.clearLayers();
    if (!this._map) {
      this.addTo(map);
    }
    var view = map.getPixelBounds().pad(0.1);
    var found = this.squares(map.getZoom(), view);
    var names = this.plots.page.names.boxes();
    var most = found.reduce(function (most, square) { return Math.max(most, square.sums.m2); }, 0);
    found.forEach(function (square) {
      this.addLayer(this.bubble(map, square, most, names));
    }, this);
  },

  squares: function (zoom, view) {
    var place = this.plots.place;
    var scale = Math.pow(2, zoom - place.zoom);
    var squares = {};
    for (var i = 0; i < place.x.length; i += 1) {
      var x = place.x[i] * scale;
      var y = place.y[i] * scale;
      if (!this.plots.visible[i] || !(x >= view.min.x && x <= view.max.x && y >= view.min.y && y <= view.max.y)) {
        continue;
      }
      var key = Math.floor(x / this.squarePx) + "," + Math.floor(y / this.squarePx);
      var square = squares[key] || (squares[key] = { x: 0, y: 0, plots: 0, sums: new luotu.Sums(this.plots.table), parts: {} });
      var plots = place.plots[i];
      square.x += x * plots;
      square.y += y * plots;
      square.plots += plots;
      square.sums.add(i, plots);
      var part = this.plots.colourBy ? this.plots.table.place(this.plots.colourBy, i) : 0;
      square.parts[part] = (square.parts[part] || 0) + plots;
    }
    return this.merged(Object.keys(squares).map(function (key) { return squares[key]; }));
  },

  // Squares whose middles come too near to each other become one, so that no bubble hides another.
  merged: function (squares) {
    var apart = this.apartPx;
    var kept = [];
    squares.sort(function (a, b) { return b.plots - a.plots; }).forEach(function (square) {
      var near = kept.filter(function (other) {
        var dx = other.x / other.plots - square.x / square.plots;
        var dy = other.y / other.plots - square.y / square.plots;
        return dx * dx + dy * dy < apart * apart;
      })[0];
      if (near) {
        ["x", "y", "plots"].forEach(function (sum) { near[sum] += square[sum]; });
        near.sums.merge(square.sums);
        Object.keys(square.parts).forEach(function (part) {
          near.parts[part] = (near.parts[part] || 0) + square.parts[part];
        });
      } else {
        kept.push(square);
      }
    });
    return kept;
  },

  // A bubble stands for a whole square: it may step aside for a name.
  beside: function (x, y, radius, names) {
    names.forEach(function (box) {
      if (x + radius > box.west && x - radius < box.east && y + radius > box.north && y - radius < box.south) {
        y = y < (box.north + box.south) / 2 ? box.north - radius : box.south + radius;
      }
    });
    return [x, y];
  },

  bubble: function (map, square, most, names) {
    var text = luotu.short(square.plots);
    var size = Math.round(Math.max(22 + 14 * Math.sqrt(most ? square.sums.m2 / most : 0), 8 * text.length + 14));
    var middle = this.beside(square.x / square.plots, square.y / square.plots, size / 2, names);
    var at = map.unproject(middle);
    var face = luotu.el("span", "face", text);
    face.style.backgroundImage = this.ring(square);
    var marker = L.marker(at, {
      icon: L.divIcon({ className: "cluster", html: face, iconSize: [size, size] }),
      keyboard: false
    });
    marker.on("click", function () {
      this.open(map, at, square);
    }, this);
    marker.bindTooltip(function () { return luotu.clusterSheet(square); }, { direction: "top" });
    return marker;
  },

  // Shares of the colours in the legend, by number of plots, once around the bubble.
  ring: function (square) {
    var from = 0;
    var stops = Object.keys(square.parts).map(function (part) {
      var to = from + (360 * square.parts[part]) / square.plots;
      var colour = this.plots.colourOf(this.plots.colourBy, Number(part));
      var stop = colour + " " + from + "deg " + to + "deg";
      from = to;
      return stop;
    }, this);
    return "radial-gradient(closest-side, #fff 0 76%, transparent 78%), conic-gradient(" + stops.join(", ") + ")";
  },

  open: function (map, at, square) {
    var deepest = Math.min(map.getMaxZoom(), this.plots.place.zoom);
    if (map.getZoom() < deepest) {
      map.setView(at, Math.min(map.getZoom() + 2, deepest));
    } else {
      this.plots.page.popup(at, luotu.clusterSheet(square));
    }
  }
});
