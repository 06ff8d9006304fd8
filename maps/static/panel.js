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
    hits.forEach(function (hit) {
      var button = luotu.el("button", "hit");
      luotu.add(button, luotu.user(hit.name), luotu.el("small", "", hit.what));
      button.addEventListener("click", hit.open);
      luotu.add(found, luotu.add(luotu.el("li"), button));
    });
    if (field.value.trim() && !hits.length) {
      luotu.add(found, luotu.el("li", "none", luotu.say("search_none")));
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
      luotu.add(section, this.key(luotu.swatch(band.colour), luotu.pick(band.label), band.count));
    }, this);
    var none = page.without(theme);
    if (none) {
      luotu.add(section, this.key(luotu.swatch("", "hatched"), luotu.say("no_data"), none));
    }
    luotu.add(section, luotu.el("p", "small", luotu.say("legend_rule")));
  }
  if (page.plots && page.plots.data.count) {
    this.plotLegend(section);
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
  page.control = L.control.layers(null, overlays, { collapsed: false }).addTo(page.map);
  section.appendChild(page.control.getContainer());
};

luotu.Panel.prototype.plots = function () {
  var page = this.page;
  var section = this.section("shown", "plots");
  this.totalLine = luotu.el("p", "total");
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
    this.totalLine.textContent = total.plots
      ? luotu.say("plots_unit", luotu.number(total.plots, 0)) + luotu.say("comma") + luotu.say("area_total", luotu.area(total.m2))
      : luotu.say("no_plots");
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
  this.writeBeside();
};

luotu.Panel.prototype.writeBeside = function () {
  var table = luotu.clear(this.besideTable);
  var head = luotu.el("tr");
  ["beside_by", "planned", "done", "share"].forEach(function (word) {
    luotu.add(head, luotu.el("th", "", luotu.say(word)));
  });
  luotu.add(table, head);
  this.page.plannedAndDone(this.page.besideBy).forEach(function (row) {
    var line = luotu.el("tr");
    var bar = luotu.el("td", "bar", row.planned ? luotu.number((100 * row.done) / row.planned, 0) + " %" : "–");
    bar.style.setProperty("--share", row.planned ? Math.min((100 * row.done) / row.planned, 100) + "%" : "0%");
    luotu.add(table, luotu.add(line, luotu.add(luotu.el("th"), luotu.user(row.text)),
      luotu.el("td", "", luotu.mu(row.planned)), luotu.el("td", "", luotu.mu(row.done)), bar));
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
