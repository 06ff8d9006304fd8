"use strict";
// The page: what is chosen, and who must hear of it.
luotu.Page = function (map, data) {
  this.map = map;
  this.data = data;
  this.theme = 0;
  this.level = data.level;
  this.group = "";
  this.filters = {};
  this.hidden = {};
  // Whoever leads here may name a language, #en or #zh, and not only the page itself.
  luotu.language = (/^#(zh|en)$/.exec(location.hash) || [])[1] || data.language;
  if (data.about === "patrol") {
    Object.keys(luotu.patrolWords).forEach(function (key) { luotu.words[key] = luotu.patrolWords[key]; });
  }
};

luotu.Page.prototype.open = function () {
  var map = this.map;
  map.createPane("plots").classList.add("plots-pane");
  this.districts = new luotu.Districts(this.data.districts, this).addTo(map);
  this.names = new luotu.Names(this.districts, this).addTo(map);
  this.plots = this.data.plots ? new luotu.Plots(this.data.plots, this) : null;
  this.districts.show(this.level, this.data.themes[this.theme]);
  this.names.show(this.districts.ofLevel(this.level));
  if (this.plots) {
    this.plots.addTo(map);
  }
  this.patrols();
  this.tip = L.tooltip({ sticky: true, direction: "top", offset: [0, -6] });
  this.panel = new luotu.Panel(this);
  this.controls();
  map.on("click", function (event) { this.clicked(event.latlng, null); }, this);
  map.on("zoomstart mouseout", function () { this.tip.remove(); }, this);
  this.write();
  // Only now is the head filled, and the map as high as it stays.
  map.invalidateSize({ animate: false });
  map.fitBounds(this.data.bounds, this.around(false));
  if (this.data.about === "patrol" && this.groups().length > 1 && this.tooSmall()) {
    this.goTo(this.worst());
  }
};

// Room at the edges, so that nothing lies under the time slider.
luotu.Page.prototype.around = function (animate) {
  return { animate: animate, paddingTopLeft: [12, 12], paddingBottomRight: [12, this.timeline ? 72 : 12] };
};

// Are the zones dots, because their places lie far apart?
luotu.Page.prototype.tooSmall = function () {
  var box = this.districts.shapes.box;
  var scale = Math.pow(2, this.map.getZoom() - this.districts.shapes.zoom);
  var wide = this.members("").map(function (i) { return (box[4 * i + 2] - box[4 * i]) * scale; });
  return Math.max.apply(null, wide.filter(isFinite).concat(0)) < 16;
};

// The group with most zones overdue: what a person opens the map for.
luotu.Page.prototype.worst = function () {
  var theme = this.data.themes[this.theme];
  var overdue = function (page, code) {
    return page.members(code).filter(function (i) { return theme && theme.unit === "state" && theme.values[i] > 0; }).length;
  };
  return this.groups().reduce(function (worst, group) {
    return worst && overdue(this, worst) >= overdue(this, group.code) ? worst : group.code;
  }.bind(this), "");
};

// What only a map of patrols has.
luotu.Page.prototype.patrols = function () {
  var data = this.data;
  this.timeline = data.tracks || data.findings ? new luotu.Timeline(this) : null;
  if (data.tracks) {
    this.tracks = new luotu.Tracks(data.tracks, this).addTo(this.map);
  }
  if (data.findings) {
    this.map.createPane("findings").classList.add("findings-pane");
    this.findings = new luotu.Findings(data.findings, this).addTo(this.map);
  }
  if (this.timeline) {
    this.chooseDays();
  }
};

luotu.Page.prototype.chooseDays = function () {
  var span = this.timeline.span();
  this.map.closePopup();
  if (this.tracks) {
    this.tracks.choose(span[0], span[1]);
  }
  if (this.findings) {
    this.findings.choose(span[0], span[1]);
  }
  if (this.panel) {
    this.panel.patrolTotals();
  }
};

// Tracks under a point with their zone: a lone track first, but the zone before a crowd of them.
luotu.Page.prototype.showTracks = function (at, rows, zone) {
  var sheets = luotu.el("div", "sheets");
  var most = 5;
  rows.slice(0, most).forEach(function (row) {
    luotu.add(sheets, luotu.trackSheet(this.tracks, row));
  }, this);
  if (rows.length > most) {
    luotu.add(sheets, luotu.el("p", "small", luotu.say("more_tracks", most, rows.length)));
  }
  if (zone !== null) {
    sheets.insertBefore(luotu.districtSheet(this, zone), this.tracks.crowded ? sheets.firstChild : null);
  }
  this.popup(at, sheets);
};

luotu.Page.prototype.controls = function () {
  var page = this;
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(this.map);
  var north = L.control({ position: "topright" });
  north.onAdd = function () {
    page.northLabel = luotu.el("span");
    return luotu.add(luotu.el("div", "north"), page.northLabel, luotu.el("b", "", "▲"));
  };
  north.addTo(this.map);
  document.getElementById("language").addEventListener("click", function () {
    luotu.language = luotu.language === "zh" ? "en" : "zh";
    page.write();
  });
  document.getElementById("print").addEventListener("click", function () { page.print(); });
  window.addEventListener("beforeprint", function () { page.paper(true); });
  window.addEventListener("afterprint", function () { page.paper(false); });
};

luotu.Page.prototype.fullScreen = function () {
  if (this.full) {
    this.map.removeControl(this.full);
  }
  this.full = new L.Control.FullScreen({
    forceSeparateButton: true,
    title: luotu.say("full_screen"),
    titleCancel: luotu.say("full_screen_exit"),
    fullscreenElement: document.documentElement
  });
  this.map.addControl(this.full);
};

// Everything that is text, in the chosen language.
luotu.Page.prototype.write = function () {
  var caption = this.data.caption;
  var put = function (id, text) { document.getElementById(id).textContent = text; };
  document.documentElement.lang = luotu.language === "zh" ? "zh-CN" : "en";
  document.title = caption.title;
  luotu.add(luotu.clear(document.getElementById("title")), luotu.user(caption.title));
  if (caption.invented) {
    document.getElementById("title").appendChild(luotu.el("span", "invented", luotu.say("invented")));
  }
  caption.marks.forEach(function (mark) {
    document.getElementById("title").appendChild(luotu.el("span", "invented", luotu.pick(mark)));
  });
  this.facts("subtitle", [
    ["scope", caption.scope],
    ["period", caption.period],
    ["as_of", caption.as_of],
    ["compared", caption.compared]
  ]);
  this.links(this.data.links || {});
  put("language", luotu.say("language"));
  put("print", luotu.say("print"));
  document.getElementById("print").title = luotu.say("print_hint");
  this.facts("foot", [
    ["source", caption.source],
    ["vintage", caption.vintage],
    caption.approval ? ["approval", caption.approval] : [null, luotu.say("draft")],
    [null, caption.invented ? luotu.say("invented_long") : ""],
    ["expires", caption.expires]
  ]);
  this.warn(caption.expires);
  this.northLabel.textContent = luotu.say("north");
  this.zoomTitles();
  this.fullScreen();
  if (this.timeline) {
    this.timeline.write();
  }
  this.panel.write();
  this.map.closePopup();
  if (this.plots) {
    this.plots.redraw();
  }
};

luotu.Page.prototype.zoomTitles = function () {
  var zoom = this.map.zoomControl;
  [[zoom._zoomInButton, "zoom_in_title"], [zoom._zoomOutButton, "zoom_out_title"]].forEach(function (pair) {
    pair[0].title = luotu.say(pair[1]);
    pair[0].setAttribute("aria-label", luotu.say(pair[1]));
  });
};

// The same map of other periods; a page that is passed on leads nowhere.
luotu.Page.prototype.links = function (links) {
  var box = luotu.el("span", "links");
  ["before", "after", "month", "quarter", "half", "year"].forEach(function (way) {
    if (links[way]) {
      var link = luotu.el("a", way, luotu.say("to_" + way, links[way][0]));
      link.href = links[way][1] + "#" + luotu.language;
      luotu.add(box, link);
    }
  });
  luotu.add(document.getElementById("subtitle"), box);
};

luotu.Page.prototype.facts = function (id, pairs) {
  var box = luotu.clear(document.getElementById(id));
  pairs.forEach(function (pair) {
    if (pair[1]) {
      var fact = luotu.el("span", "fact", pair[0] ? luotu.say(pair[0]) + (luotu.language === "zh" ? "：" : ": ") : "");
      luotu.add(box, luotu.add(fact, luotu.user(pair[1])));
    }
  });
};

luotu.Page.prototype.warn = function (expires) {
  // The day in Beijing, whatever the clock of the machine is set to.
  var today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
  var warning = document.getElementById("warning");
  warning.hidden = !expires || today <= expires;
  warning.textContent = luotu.say("expired");
};

luotu.Page.prototype.setTheme = function (theme) {
  this.theme = theme;
  this.districts.paint(this.data.themes[theme]);
  this.panel.write();
};

luotu.Page.prototype.setLevel = function (level) {
  this.level = level;
  this.map.closePopup(); // it told of a zone or district that is not on the map any more
  this.districts.show(level, this.data.themes[this.theme]);
  this.names.show(this.districts.ofLevel(level));
  this.panel.write();
};

luotu.Page.prototype.colourBy = function (id) {
  this.plots.colourBy = id;
  this.hidden = {}; // boxes of another property are gone from the legend
  this.choosePlots();
  this.panel.write();
};

luotu.Page.prototype.filter = function (id, place) {
  this.filters[id] = place;
  this.choosePlots();
};

luotu.Page.prototype.hide = function (id, place, hidden) {
  this.hidden[id] = this.hidden[id] || {};
  this.hidden[id][place] = hidden;
  this.choosePlots();
};

luotu.Page.prototype.isHidden = function (id, place) {
  return Boolean(this.hidden[id] && this.hidden[id][place]);
};

luotu.Page.prototype.passes = function (row) {
  return Object.keys(this.filters).every(function (id) {
    return this.filters[id] === "" || this.plots.table.place(id, row) === Number(this.filters[id]);
  }, this);
};

luotu.Page.prototype.choosePlots = function () {
  var page = this;
  var hiding = Object.keys(this.hidden);
  this.map.closePopup();
  this.plots.choose(function (row) {
    return page.passes(row) && !hiding.some(function (id) {
      return page.isHidden(id, page.plots.table.place(id, row));
    });
  });
  this.panel.total();
};

// How many plots have each choice of a column, in the order of the choices; "not given" last.
luotu.Page.prototype.counts = function (id) {
  var plots = this.plots;
  var column = plots.table.byId[id];
  var counts = new Float64Array(column.choices.length + 1);
  for (var i = 0; i < plots.data.count; i += 1) {
    counts[column.numbers[i]] += plots.place.plots[i];
  }
  var out = column.choices.map(function (choice, k) {
    return { place: k + 1, text: luotu.pick(choice), plots: counts[k + 1] };
  });
  if (counts[0]) {
    out.push({ place: 0, text: luotu.say("unknown"), plots: counts[0] });
  }
  return out;
};

luotu.Page.prototype.plannedAndDone = function (id) {
  var plots = this.plots;
  var stage = plots.table.byId.stage.codes;
  var rows = this.counts(id).map(function (entry) {
    return { text: entry.text, place: entry.place, planned: 0, done: 0, planned_unreviewed: 0, done_unreviewed: 0 };
  });
  var byPlace = {};
  rows.forEach(function (row) { byPlace[row.place] = row; });
  for (var i = 0; i < plots.data.count; i += 1) {
    if (!this.passes(i)) {
      continue;
    }
    var now = stage[plots.table.place("stage", i) - 1];
    var row = byPlace[plots.table.place(id, i)];
    var unreviewed = plots.isReviewed(i) ? "" : "_unreviewed";
    if (now === "planned") {
      row["planned" + unreviewed] += plots.table.area(i);
    } else if (now === "planted" || now === "accepted") {
      row["done" + unreviewed] += plots.table.area(i);
    }
  }
  return rows.filter(function (row) {
    return row.planned || row.done || row.planned_unreviewed || row.done_unreviewed;
  });
};

luotu.Page.prototype.without = function (theme) {
  return this.districts.ofLevel(this.level).filter(function (i) { return theme.place[i] < 0; }).length;
};

luotu.Page.prototype.nameOf = function (code) {
  var at = this.data.districts.code.indexOf(code);
  if (at >= 0) {
    return this.data.districts.name[at];
  }
  return Object.prototype.hasOwnProperty.call(this.data.parents, code) ? this.data.parents[code] : code || "";
};

luotu.Page.prototype.groups = function () {
  var codes = [];
  this.districts.ofLevel(this.level).forEach(function (i) {
    var parent = this.data.districts.parent[i];
    if (parent && codes.indexOf(parent) < 0) {
      codes.push(parent);
    }
  }, this);
  return codes.map(function (code) { return { code: code, name: this.nameOf(code) }; }, this);
};

// Districts of the level shown: all of them, or those of one parent.
luotu.Page.prototype.members = function (group) {
  var parent = this.data.districts.parent;
  return this.districts.ofLevel(this.level).filter(function (i) { return !group || parent[i] === group; });
};

luotu.Page.prototype.goTo = function (code) {
  this.group = code;
  var bounds = this.districts.bounds(this.members(code));
  if (bounds) {
    this.map.fitBounds(bounds, this.around(true));
  }
  this.panel.write();
};

luotu.Page.prototype.listed = function (order) {
  var theme = this.data.themes[this.theme];
  var names = this.data.districts.name;
  var byName = function (a, b) { return names[a].localeCompare(names[b], "zh-CN"); };
  var value = function (i) { return theme.values[i] === null ? -Infinity : theme.values[i]; };
  return this.members(this.group).sort(function (a, b) {
    return order === "name" || !theme || value(a) === value(b) ? byName(a, b) : value(b) - value(a);
  });
};

luotu.Page.prototype.find = function (text) {
  var wanted = text.trim().toLowerCase();
  var page = this;
  var hits = [];
  if (!wanted) {
    return hits;
  }
  var has = function (value) { return value && String(value).toLowerCase().indexOf(wanted) >= 0; };
  this.data.districts.name.forEach(function (name, i) {
    if (hits.length <= 20 && (has(name) || page.data.districts.code[i] === wanted)) {
      hits.push({ name: name, what: luotu.say("district"), open: function () { page.openDistrict(i); } });
    }
  });
  for (var i = 0; this.plots && this.plots.shapes && i < this.plots.data.count && hits.length <= 20; i += 1) {
    var name = this.plots.table.named("name", i);
    var number = this.plots.table.named("plot_no", i);
    if (has(name) || has(number)) {
      hits.push({ name: name || number, what: luotu.say("plot"), open: this.openPlot.bind(this, i) });
    }
  }
  return hits;
};

luotu.Page.prototype.openDistrict = function (i) {
  if (this.data.districts.level[i] !== this.level) {
    this.setLevel(this.data.districts.level[i]);
  }
  var bounds = this.districts.bounds([i]);
  if (bounds) {
    this.map.fitBounds(bounds, { animate: false });
  }
  this.popup(bounds ? bounds.getCenter() : this.map.getCenter(), luotu.districtSheet(this, i));
};

luotu.Page.prototype.openPlot = function (row) {
  var bounds = luotu.boundsOf(this.plots.shapes, [row], this.map);
  if (bounds) {
    this.map.fitBounds(bounds, { animate: false, paddingTopLeft: [80, 380], paddingBottomRight: [80, 40] });
  }
  this.showPlots(bounds ? L.latLng(bounds.getNorth(), bounds.getCenter().lng) : this.map.getCenter(), [row]);
};

luotu.Page.prototype.showPlots = function (at, rows) {
  var sheets = luotu.el("div", "sheets");
  rows.slice(0, 10).forEach(function (row) {
    luotu.add(sheets, luotu.plotSheet(this.plots, row));
  }, this);
  if (rows.length > 10) {
    luotu.add(sheets, luotu.el("p", "small", luotu.say("more_plots", 10, rows.length)));
  }
  this.popup(at, sheets);
  this.mark(rows[0]);
};

// The outline of the plot whose sheet is open.
luotu.Page.prototype.mark = function (row) {
  if (!luotu.hasShape(this.plots.shapes, row)) {
    return;
  }
  this.marked = L.polygon(luotu.toLatLng(this.plots.shapes, row, this.map), {
    color: "#111", weight: 3, fill: false, interactive: false, pane: "plots"
  }).addTo(this.map);
};

luotu.Page.prototype.popup = function (at, content) {
  var page = this;
  if (this.marked) {
    this.marked.remove();
  }
  var popup = L.popup({ maxWidth: 340, minWidth: 200, maxHeight: Math.max(160, Math.min(440, this.map.getSize().y - 90)) }).setLatLng(at).setContent(content);
  popup.on("remove", function () {
    if (page.marked) {
      page.marked.remove();
    }
  });
  popup.openOn(this.map);
};

luotu.Page.prototype.clicked = function (at, district) {
  this.tip.remove();
  var rows = this.plots ? this.plots.at(at) : [];
  var tracks = this.tracks ? this.tracks.at(at) : [];
  if (rows.length) {
    this.showPlots(at, rows);
  } else if (tracks.length) {
    this.showTracks(at, tracks, district);
  } else if (district !== null) {
    this.popup(at, luotu.districtSheet(this, district));
  }
};

luotu.Page.prototype.pointed = function (layer, at, district) {
  var rows = this.plots ? this.plots.at(at) : [];
  var theme = this.data.themes[this.theme];
  var text = luotu.el("div", "tip");
  if (rows.length) {
    var table = this.plots.table;
    var name = table.named("name", rows[0]) || table.named("plot_no", rows[0]) || luotu.say("no_name");
    luotu.add(text, luotu.user(name), luotu.el("span", "value", luotu.area(table.area(rows[0]))));
  } else {
    luotu.add(text, luotu.user(this.data.districts.name[district]));
    if (theme) {
      luotu.add(text, luotu.el("span", "value", luotu.valueOf(theme, district)));
    }
  }
  this.tip.setContent(text).setLatLng(at).addTo(this.map);
};

// A4 landscape: the layout changes before the browser takes its picture.
luotu.Page.prototype.paper = function (on) {
  var bounds = this.bounds || this.map.getBounds();
  this.bounds = on ? bounds : null;
  document.body.classList.toggle("paper", on);
  this.map.invalidateSize({ animate: false });
  this.map.fitBounds(bounds, { animate: false });
};

luotu.Page.prototype.print = function () {
  this.paper(true);
  window.setTimeout(function () { window.print(); }, 300);
};

luotu.start = function (map) {
  var data = JSON.parse(document.getElementById("luotu-data").textContent);
  luotu.page = new luotu.Page(map, data);
  luotu.page.open();
};
