"use strict";
// What was found: a dot for each, coloured by its state.
luotu.Findings = L.LayerGroup.extend({
  initialize: function (data, page) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.data = data;
    this.page = page;
    ["zone", "day", "kind", "state", "overdue"].forEach(function (name) {
      this[name] = luotu.unpack(data[name]);
    }, this);
    this.hidden = {};
    this.from = 0;
    this.to = Infinity;
    this.shown = 0;
    this.renderer = L.svg({ pane: "findings" });
  },

  choose: function (from, to) {
    this.from = from;
    this.to = to;
    this.refresh();
  },

  refresh: function () {
    this.clearLayers();
    this.shown = 0;
    for (var i = 0; i < this.data.count; i += 1) {
      if (this.day[i] >= this.from && this.day[i] <= this.to && !this.hidden[this.state[i]]) {
        this.addLayer(this.dot(i));
        this.shown += 1;
      }
    }
  },

  dot: function (i) {
    var late = this.overdue[i] === 1;
    var dot = L.circleMarker([this.data.lat[i], this.data.lon[i]], {
      renderer: this.renderer, className: "finding", radius: late ? 8 : 6,
      color: late ? "#1d2a33" : "#fff", weight: late ? 3 : 1.5,
      fillColor: this.data.states[this.state[i]].colour, fillOpacity: 1
    });
    dot.on("click", function (event) {
      L.DomEvent.stop(event);
      this.page.popup(event.latlng, luotu.findingSheet(this, i));
    }, this);
    dot.bindTooltip(function () {
      return luotu.add(luotu.el("div", "tip"), luotu.user(luotu.pick(this.data.kinds[this.kind[i]])),
        luotu.el("span", "value", luotu.pick(this.data.states[this.state[i]].label)));
    }.bind(this), { direction: "top", offset: [0, -6] });
    return dot;
  },

  counts: function () {
    var counts = this.data.states.map(function () { return 0; });
    this.state.forEach(function (state) { counts[state] += 1; });
    return counts;
  }
});

luotu.findingSheet = function (findings, i) {
  var data = findings.data;
  var zone = findings.zone[i];
  var sheet = luotu.el("div", "sheet");
  luotu.add(sheet, luotu.add(luotu.el("h2"), luotu.user(luotu.pick(data.kinds[findings.kind[i]]))));
  luotu.add(sheet, luotu.rows([
    [luotu.say("finding_state"), luotu.pick(data.states[findings.state[i]].label)],
    [luotu.say("of_zone"), zone ? findings.page.data.districts.name[zone - 1] : ""],
    [luotu.say("found_at"), data.found[i]],
    [luotu.say("deadline"), data.deadline[i]],
    [luotu.say("note"), data.note ? data.note[i] : ""]
  ]));
  if (findings.overdue[i]) {
    luotu.add(sheet, luotu.el("p", "caution", luotu.say("past_deadline")));
  }
  return sheet;
};
