"use strict";
// What is shown when somebody points at or clicks a thing.
luotu.rows = function (pairs) {
  var table = luotu.el("table");
  pairs.forEach(function (pair) {
    if (pair[1] === "" || pair[1] === null || pair[1] === undefined) {
      return;
    }
    var row = luotu.el("tr");
    luotu.add(table, luotu.add(row, luotu.el("th", "", pair[0]), luotu.add(luotu.el("td"), luotu.user(pair[1]))));
  });
  return table;
};

luotu.districtSheet = function (page, i) {
  var data = page.data.districts;
  var sheet = luotu.el("div", "sheet");
  luotu.add(sheet, luotu.add(luotu.el("h2"), luotu.user(data.name[i])));
  var rows = page.data.themes.map(function (theme) {
    return [luotu.pick(theme.label), luotu.valueOf(theme, i)];
  });
  ["green_m2", "district_m2", "sum_m2", "overlap_m2"].forEach(function (id) {
    if (data[id]) {
      rows.push([luotu.say(id), luotu.area(data[id][i])]);
    }
  });
  (data.facts || []).forEach(function (fact) {
    rows.push([luotu.pick(fact.label), fact.values[i]]);
  });
  if (data.plot_count && data.plot_count[i] !== null) {
    rows.push([luotu.say("plot_count"), luotu.number(data.plot_count[i], 0)]);
  }
  rows.push([luotu.say("code"), data.code[i]], [luotu.say("parent"), page.nameOf(data.parent[i])]);
  luotu.add(sheet, luotu.rows(rows));
  if (data.complete && data.complete[i] === false) {
    luotu.add(sheet, luotu.el("p", "caution", luotu.say("not_complete")));
  }
  if (!luotu.hasShape(page.districts.shapes, i)) {
    luotu.add(sheet, luotu.el("p", "caution", luotu.say("no_shape")));
  }
  return sheet;
};

luotu.valueOf = function (theme, i) {
  if (theme.unit === "state") {
    return luotu.stateOf(theme, i);
  }
  return theme.unit === "points" ? luotu.points(theme.values[i]) : luotu.percent(theme.values[i]);
};

// The state of a zone in words, and for how long it is overdue.
luotu.stateOf = function (theme, i) {
  if (theme.place[i] < 0) {
    return luotu.pick(theme.none);
  }
  var bands = theme.bands[luotu.page.data.districts.level[i]];
  var words = luotu.pick(bands[theme.place[i]].label);
  return theme.values[i] > 0 ? words + luotu.say("comma") + luotu.say("days", luotu.number(theme.values[i], 0)) : words;
};

luotu.plotSheet = function (plots, row) {
  var table = plots.table;
  var sheet = luotu.el("div", "sheet");
  var title = table.named("name", row) || table.named("plot_no", row) || luotu.say("no_name");
  luotu.add(sheet, luotu.add(luotu.el("h2"), luotu.user(title)));
  var shown = table.columns.filter(function (column) { return column.id !== "name"; });
  luotu.add(sheet, luotu.rows(shown.map(function (column) {
    return [luotu.pick(column.label), table.text(column, row)];
  })));
  return sheet;
};

luotu.clusterSheet = function (square) {
  var sheet = luotu.el("div", "sheet");
  return luotu.add(sheet, square.sums.lines());
};
