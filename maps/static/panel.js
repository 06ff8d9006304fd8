"use strict";
// The side of the page: figures, search, legend, list, filters. Written anew for each language.
luotu.Panel = function (page) {
  this.page = page;
  this.root = document.getElementById("panel");
  this.order = "value";
};

luotu.Panel.prototype.write = function () {
  luotu.clear(this.root);
  this.search();
  this.choices();
  this.legend();
  this.layers();
  if (this.page.plots) {
    this.plots();
  }
  if (this.page.data.beside && this.page.plots.table.byId.stage) {
    this.beside();
  }
  if (this.page.timeline) {
    this.patrols();
  }
  this.list();
  this.notes();
};

luotu.Panel.prototype.section = function (word, name) {
  var section = luotu.el("section", name);
  luotu.add(section, luotu.el("h3", "", luotu.say(word)));
  this.root.appendChild(section);
  return section;
};

luotu.Panel.prototype.search = function () {
  var page = this.page;
  var box = luotu.el("section", "search");
  var field = luotu.el("input");
  var found = luotu.el("ul", "found");
  field.type = "search";
  field.placeholder = luotu.say("search");
  field.setAttribute("aria-label", luotu.say("search"));
  field.addEventListener("input", function () {
    luotu.clear(found);
    var hits = page.find(field.value);
    hits.slice(0, 20).forEach(function (hit) {
      var button = luotu.el("button", "hit");
      luotu.add(button, luotu.user(hit.name), luotu.el("small", "", hit.what));
      button.addEventListener("click", hit.open);
      luotu.add(found, luotu.add(luotu.el("li"), button));
    });
    if (field.value.trim() && !hits.length) {
      luotu.add(found, luotu.el("li", "none", luotu.say("search_none")));
    } else if (hits.length > 20) {
      luotu.add(found, luotu.el("li", "none", luotu.say("search_more", 20)));
    }
  });
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && found.querySelector("button")) {
      found.querySelector("button").click();
    }
  });
  this.root.appendChild(luotu.add(box, field, found));
};

luotu.Panel.prototype.choices = function () {
  var page = this.page;
  var data = page.data;
  var box = luotu.el("section", "choices");
  if (data.themes.length > 1) {
    var themes = data.themes.map(function (theme, i) { return [String(i), luotu.pick(theme.label)]; });
    luotu.add(box, luotu.labelled("theme", luotu.choice(themes, String(page.theme), function (value) {
      page.setTheme(Number(value));
    })));
  }
  if (data.levels.length > 1) {
    var levels = data.levels.map(function (level) { return [level.id, luotu.pick(level.label)]; });
    luotu.add(box, luotu.labelled("level", luotu.choice(levels, page.level, function (value) {
      page.setLevel(value);
    })));
  }
  var groups = page.groups();
  if (groups.length > 1) {
    var places = [["", luotu.say("whole")]].concat(groups.map(function (group) { return [group.code, group.name]; }));
    luotu.add(box, luotu.labelled("go_to", luotu.choice(places, page.group, function (value) {
      page.goTo(value);
    })));
  }
  if (box.firstChild) {
    this.root.appendChild(box);
  }
};

luotu.Panel.prototype.legend = function () {
  var page = this.page;
  var section = this.section("legend", "legend");
  var theme = page.data.themes[page.theme];
  if (theme) {
    luotu.add(section, luotu.el("h4", "", luotu.pick(theme.label)));
    var bands = (theme.bands[page.level] || []).slice().reverse();
    bands.forEach(function (band) {
      var swatch = luotu.swatch(band.colour, band.strong ? "strong" : "");
      luotu.add(section, this.key(swatch, luotu.pick(band.label), band.count));
    }, this);
    var none = page.without(theme);
    if (none) {
      var words = theme.none ? luotu.pick(theme.none) : luotu.say("no_data");
      luotu.add(section, this.key(luotu.swatch("", "hatched"), words, none));
    }
    luotu.add(section, luotu.el("p", "small", luotu.say(theme.unit === "state" ? "overdue_edge" : "legend_rule")));
  }
  if (page.plots && page.plots.data.count) {
    this.plotLegend(section);
  }
  if (page.tracks) {
    this.trackLegend(section);
  }
  if (page.findings) {
    this.findingLegend(section);
  }
};

luotu.Panel.prototype.trackLegend = function (section) {
  var page = this.page;
  var tracks = page.tracks;
  var ways = [["result", luotu.say("by_result")], ["zone", luotu.say("by_walker")]];
  luotu.add(section, luotu.el("h4", "", luotu.say("tracks")));
  luotu.add(section, luotu.labelled("colour_by", luotu.choice(ways, tracks.colourBy, function (way) {
    tracks.colourBy = way;
    tracks.repaint();
    page.panel.write();
  })));
  var byResult = tracks.colourBy === "result";
  tracks.counts().forEach(function (count, result) {
    if (count) {
      var entry = tracks.data.results[result];
      luotu.add(section, this.box(tracks, result, luotu.swatch(byResult ? entry.colour : "", "line"), entry, count));
    }
  }, this);
  if (!byResult) {
    luotu.add(section, luotu.el("p", "small", luotu.say("each_zone")));
  }
};

luotu.Panel.prototype.findingLegend = function (section) {
  var findings = this.page.findings;
  luotu.add(section, luotu.el("h4", "", luotu.say("findings")));
  findings.counts().forEach(function (count, state) {
    if (count) {
      var entry = findings.data.states[state];
      luotu.add(section, this.box(findings, state, luotu.swatch(entry.colour, "dot"), entry, count));
    }
  }, this);
  if (findings.overdue.some(function (late) { return late === 1; })) {
    luotu.add(section, luotu.el("p", "small", luotu.say("overdue_ring")));
  }
};

// A line of the legend with a box to tick, for tracks and findings.
luotu.Panel.prototype.box = function (layer, place, swatch, entry, count) {
  var page = this.page;
  var box = luotu.el("input");
  box.type = "checkbox";
  box.checked = !layer.hidden[place];
  box.addEventListener("change", function () {
    layer.hidden[place] = !box.checked;
    page.chooseDays();
  });
  return luotu.add(luotu.el("label", "key"), box, swatch, luotu.user(luotu.pick(entry.label)),
    luotu.el("small", "", "(" + luotu.number(count, 0) + ")"));
};

// What of the patrols is shown now.
luotu.Panel.prototype.patrols = function () {
  var page = this.page;
  var names = page.data.districts.name;
  var section = this.section("shown", "patrols");
  this.patrolLines = luotu.el("div", "total");
  luotu.add(section, this.patrolLines);
  if (page.tracks) {
    var zones = page.tracks.zones().sort(function (a, b) { return names[a - 1].localeCompare(names[b - 1], "zh-CN"); });
    var options = [["", luotu.say("all")]].concat(zones.map(function (zone) { return [String(zone), names[zone - 1]]; }));
    luotu.add(section, luotu.labelled("of_zone", luotu.choice(options, page.tracks.only, function (zone) {
      page.tracks.only = zone;
      page.chooseDays();
      var bounds = zone ? page.districts.bounds([Number(zone) - 1]) : null;
      if (bounds) {
        page.map.fitBounds(bounds, page.around(false));
      }
    })));
  }
  this.patrolTotals();
};

luotu.Panel.prototype.patrolTotals = function () {
  var page = this.page;
  if (!this.patrolLines) {
    return;
  }
  luotu.clear(this.patrolLines);
  luotu.add(this.patrolLines, luotu.el("div", "", page.timeline.text()));
  if (page.tracks) {
    var total = page.tracks.total();
    luotu.add(this.patrolLines, luotu.el("div", "tracks", total.count
      ? luotu.say("tracks_total", luotu.number(total.count, 0), luotu.km(total.metres)) : luotu.say("no_tracks_here")));
  }
  if (page.findings) {
    luotu.add(this.patrolLines, luotu.el("div", "findings", luotu.say("findings_total", luotu.number(page.findings.shown, 0))));
  }
};

luotu.Panel.prototype.key = function (swatch, text, count) {
  var line = luotu.add(luotu.el("div", "key"), swatch, luotu.user(text));
  if (count !== undefined) {
    luotu.add(line, luotu.el("small", "", "(" + luotu.number(count, 0) + ")"));
  }
  return line;
};

// Plot colours; where they are the stages, each is a box to tick.
luotu.Panel.prototype.plotLegend = function (section) {
  var page = this.page;
  var plots = page.plots;
  var by = plots.colourBy;
  luotu.add(section, luotu.el("h4", "", luotu.say("plot")));
  if (plots.data.colour_by.length > 1) {
    var options = plots.data.colour_by.map(function (id) { return [id, luotu.pick(plots.table.byId[id].label)]; });
    luotu.add(section, luotu.labelled("colour_by", luotu.choice(options, by, function (value) {
      page.colourBy(value);
    })));
  }
  if (!by) {
    luotu.add(section, this.key(luotu.swatch(plots.data.plain, "plot"), luotu.say("plot"), page.plots.total().plots));
  } else {
    page.counts(by).forEach(function (entry) {
      section.appendChild(this.tick(by, entry));
    }, this);
  }
  if (plots.shapeZoom > 0) {
    var bubble = luotu.swatch("", "bubble");
    bubble.textContent = "12";
    luotu.add(section, this.key(bubble, luotu.say("cluster_legend")));
    luotu.add(section, luotu.el("p", "small", luotu.say(plots.shapes ? "zoom_in" : "cell_last")));
  }
};

luotu.Panel.prototype.tick = function (by, entry) {
  var page = this.page;
  var box = luotu.el("input");
  box.type = "checkbox";
  box.checked = !page.isHidden(by, entry.place);
  box.addEventListener("change", function () {
    page.hide(by, entry.place, !box.checked);
  });
  var planned = by === "stage" && page.plots.table.byId.stage.codes[entry.place - 1] === "planned";
  var swatch = luotu.swatch(page.plots.colourOf(by, entry.place), planned ? "plot dashed" : "plot");
  var label = luotu.el("label", "key");
  return luotu.add(label, box, swatch, luotu.user(entry.text), luotu.el("small", "", "(" + luotu.number(entry.plots, 0) + ")"));
};

luotu.Panel.prototype.layers = function () {
  var page = this.page;
  var section = this.section("layers", "layers");
  if (page.control) {
    page.control.remove();
  }
  var overlays = {};
  overlays[luotu.say("layer_districts")] = page.districts;
  overlays[luotu.say("layer_names")] = page.names;
  if (page.plots) {
    overlays[luotu.say("layer_plots")] = page.plots;
  }
  if (page.tracks) {
    overlays[luotu.say("tracks")] = page.tracks;
  }
  if (page.findings) {
    overlays[luotu.say("findings")] = page.findings;
  }
  page.control = L.control.layers(null, overlays, { collapsed: false }).addTo(page.map);
  section.appendChild(page.control.getContainer());
};

luotu.Panel.prototype.plots = function () {
  var page = this.page;
  var section = this.section("shown", "plots");
  this.totalLine = luotu.el("div", "total");
  luotu.add(section, this.totalLine);
  page.plots.data.filters.forEach(function (id) {
    var options = [["", luotu.say("all")]].concat(page.counts(id).map(function (entry) {
      return [String(entry.place), entry.text];
    }));
    if (options.length > 2) {
      var field = luotu.labelled("filter", luotu.choice(options, page.filters[id] || "", function (value) {
        page.filter(id, value);
      }));
      field.firstChild.textContent = luotu.pick(page.plots.table.byId[id].label);
      luotu.add(section, field);
    }
  });
  this.total();
};

luotu.Panel.prototype.total = function () {
  if (this.totalLine) {
    var total = this.page.plots.total();
    luotu.add(luotu.clear(this.totalLine), total.plots ? total.lines() : luotu.el("div", "", luotu.say("no_plots")));
  }
  if (this.besideTable) {
    this.writeBeside();
  }
};

luotu.Panel.prototype.beside = function () {
  var page = this.page;
  var section = this.section("beside", "beside");
  var options = page.plots.data.filters.filter(function (id) { return id !== "review"; }).map(function (id) {
    return [id, luotu.pick(page.plots.table.byId[id].label)];
  });
  if (!options.length) {
    return;
  }
  page.besideBy = page.besideBy || options[0][0];
  luotu.add(section, luotu.labelled("beside_by", luotu.choice(options, page.besideBy, function (value) {
    page.besideBy = value;
    page.panel.writeBeside();
  })));
  this.besideTable = luotu.el("table", "beside");
  luotu.add(section, this.besideTable, luotu.el("p", "small", luotu.say("beside_rule")));
  if (page.plots.table.byId.review) {
    luotu.add(section, luotu.el("p", "small", luotu.say("beside_unreviewed")));
  }
  this.writeBeside();
};

luotu.Panel.prototype.writeBeside = function () {
  var table = luotu.clear(this.besideTable);
  var head = luotu.el("tr");
  var apart = this.page.plots.table.byId.review ? ["planned_unreviewed", "done_unreviewed"] : [];
  ["beside_by", "planned", "done", "share"].concat(apart).forEach(function (word) {
    luotu.add(head, luotu.el("th", "", luotu.say(word)));
  });
  luotu.add(table, head);
  this.page.plannedAndDone(this.page.besideBy).forEach(function (row) {
    var line = luotu.el("tr");
    var bar = luotu.el("td", "bar", row.planned ? luotu.number((100 * row.done) / row.planned, 0) + " %" : "–");
    bar.style.setProperty("--share", row.planned ? Math.min((100 * row.done) / row.planned, 100) + "%" : "0%");
    luotu.add(table, luotu.add(line, luotu.add(luotu.el("th"), luotu.user(row.text)),
      luotu.el("td", "", luotu.mu(row.planned)), luotu.el("td", "", luotu.mu(row.done)), bar));
    apart.forEach(function (id) { luotu.add(line, luotu.el("td", "", luotu.mu(row[id]))); });
  });
};

luotu.Panel.prototype.list = function () {
  var page = this.page;
  var theme = page.data.themes[page.theme];
  var section = this.section(theme ? "list" : "layer_districts", "list");
  var most = 300;
  var rows = page.listed(this.order);
  if (theme) {
    var orders = [["value", luotu.say("by_value")], ["name", luotu.say("by_name")]];
    luotu.add(section, luotu.choice(orders, this.order, function (value) {
      page.panel.order = value;
      page.panel.write();
    }));
  }
  var list = luotu.el("ol");
  rows.slice(0, most).forEach(function (i) {
    var button = luotu.el("button", "row");
    luotu.add(button, luotu.user(page.data.districts.name[i]));
    if (theme) {
      luotu.add(button, luotu.el("span", "value", luotu.valueOf(theme, i)));
    }
    button.addEventListener("click", function () { page.openDistrict(i); });
    luotu.add(list, luotu.add(luotu.el("li"), button));
  });
  luotu.add(section, list);
  if (rows.length > most) {
    luotu.add(section, luotu.el("p", "small", luotu.say("list_cut", most)));
  }
};

luotu.Panel.prototype.notes = function () {
  var page = this.page;
  var notes = page.data.notes.map(luotu.pick);
  notes.push(luotu.say("precision", page.data.zoom, page.data.precision_m));
  var section = this.section("notes", "notes");
  notes.forEach(function (note) {
    luotu.add(section, luotu.el("p", "small", note));
  });
};
