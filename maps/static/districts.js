"use strict";
// Districts as shapes that can be pointed at: one level at a time, coloured by one figure.
luotu.Districts = L.FeatureGroup.extend({
  initialize: function (data, page) {
    L.FeatureGroup.prototype.initialize.call(this, []);
    this.data = data;
    this.page = page;
    this.shapes = luotu.shapes(data.shape);
    this.drawn = {};
  },

  ofLevel: function (level) {
    var out = [];
    for (var i = 0; i < this.data.code.length; i += 1) {
      if (this.data.level[i] === level) {
        out.push(i);
      }
    }
    return out;
  },

  show: function (level, theme) {
    this.clearLayers();
    this.drawn = {};
    this.ofLevel(level).forEach(function (i) {
      if (luotu.hasShape(this.shapes, i)) {
        this.drawn[i] = this.shape(i);
        this.addLayer(this.drawn[i]);
      }
    }, this);
    this.paint(theme);
  },

  shape: function (i) {
    var layer = L.polygon(luotu.toLatLng(this.shapes, i, this.page.map), {
      className: "district",
      smoothFactor: 0.5
    });
    layer.on("click", function (event) {
      L.DomEvent.stop(event);
      this.page.clicked(event.latlng, i);
    }, this);
    layer.on("mousemove mouseover", function (event) {
      this.page.pointed(layer, event.latlng, i);
    }, this);
    return layer;
  },

  paint: function (theme) {
    Object.keys(this.drawn).forEach(function (i) {
      var style = this.styleOf(Number(i), theme);
      this.drawn[i].setStyle(style);
      if (style.dashArray) {
        this.drawn[i].bringToFront(); // its edge is not to lie under a neighbour's
      }
    }, this);
    this.hatch();
  },

  styleOf: function (i, theme) {
    if (!theme) {
      return { color: "#5b6770", weight: 1.2, fillColor: "#ffffff", fillOpacity: 0.65 };
    }
    var place = theme.place[i];
    var bands = theme.bands[this.data.level[i]];
    if (place < 0) {
      return { color: "#5b6770", weight: 1, dashArray: null, fillColor: "url(#luotu-hatch)", fillOpacity: 1 };
    }
    return bands[place].strong
      ? { color: "#7f2704", weight: 3, dashArray: "7 4", fillColor: bands[place].colour, fillOpacity: 1 }
      : { color: "#5b6770", weight: 1, dashArray: null, fillColor: bands[place].colour, fillOpacity: 1 };
  },

  // The pattern of "no data" has to stand inside Leaflet's own drawing.
  hatch: function () {
    var some = this.drawn[Object.keys(this.drawn)[0]];
    var drawing = some && some.getElement() && some.getElement().ownerSVGElement;
    if (!drawing || drawing.querySelector("#luotu-hatch")) {
      return;
    }
    var make = function (tag, attributes) {
      var element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.keys(attributes).forEach(function (name) {
        element.setAttribute(name, attributes[name]);
      });
      return element;
    };
    var pattern = make("pattern", {
      id: "luotu-hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"
    });
    luotu.add(
      pattern,
      make("rect", { width: 7, height: 7, fill: "#ffffff" }),
      make("rect", { width: 2, height: 7, fill: "#8a949c" })
    );
    drawing.insertBefore(luotu.add(make("defs", {}), pattern), drawing.firstChild);
  },

  onAdd: function (map) {
    L.FeatureGroup.prototype.onAdd.call(this, map);
    this.hatch();
  },

  bounds: function (features) {
    return luotu.boundsOf(this.shapes, features, this.page.map);
  }
});

// Names, where the district is wide enough on the screen to hold its own.
luotu.Names = L.LayerGroup.extend({
  initialize: function (districts, page) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.districts = districts;
    this.page = page;
    this.features = [];
    this.most = page.data.about === "patrol" ? 20 : 12; // zones are called by their place and number
    this.x = luotu.unpackSigned(districts.data.label_x);
    this.y = luotu.unpackSigned(districts.data.label_y);
  },

  onAdd: function (map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    map.on("zoomend", this.refresh, this);
    this.refresh();
  },

  onRemove: function (map) {
    map.off("zoomend", this.refresh, this);
    L.LayerGroup.prototype.onRemove.call(this, map);
  },

  show: function (features) {
    this.features = features;
    this.refresh();
  },

  refresh: function () {
    var map = this._map;
    this.clearLayers();
    if (!map) {
      return;
    }
    var shapes = this.districts.shapes;
    var scale = Math.pow(2, map.getZoom() - shapes.zoom);
    this.features.forEach(function (i) {
      var name = this.districts.data.name[i];
      var wide = (shapes.box[4 * i + 2] - shapes.box[4 * i]) * scale;
      if (wide > 14 * Math.min(name.length, this.most) + 6) {
        this.addLayer(this.label(i, name, map));
      }
    }, this);
    this.page.groups().forEach(function (group) { this.groupName(group, map); }, this);
  },

  // Where children are too small for their names, the parent's stands under them.
  groupName: function (group, map) {
    var bounds = this.districts.bounds(this.page.members(group.code));
    var wide = bounds ? map.project(bounds.getNorthEast()).x - map.project(bounds.getSouthWest()).x : Infinity;
    if (wide > 160 || !group.name) {
      return;
    }
    var south = map.project([bounds.getSouth(), bounds.getCenter().lng]);
    var page = this.page;
    var text = luotu.user(group.name.slice(0, 12));
    var marker = L.marker(map.unproject([south.x, south.y + 14]), {
      keyboard: false,
      letters: Math.min(group.name.length, 12),
      icon: L.divIcon({ className: "place group", html: text, iconSize: null })
    });
    marker.on("click", function () { page.goTo(group.code); });
    this.addLayer(marker);
  },

  // Where names stand: pixels of the current zoom.
  boxes: function () {
    var map = this._map;
    return this.getLayers().map(function (marker) {
      var at = map.project(marker.getLatLng());
      var half = 7 * marker.options.letters + 3;
      return { west: at.x - half, east: at.x + half, north: at.y - 10, south: at.y + 10 };
    });
  },

  label: function (i, name, map) {
    var text = luotu.user(name.length > this.most ? name.slice(0, this.most) + "…" : name);
    return L.marker(map.unproject([this.x[i], this.y[i]], this.districts.shapes.zoom), {
      interactive: false,
      keyboard: false,
      letters: Math.min(name.length, this.most),
      icon: L.divIcon({ className: "place", html: text, iconSize: null })
    });
  }
});
