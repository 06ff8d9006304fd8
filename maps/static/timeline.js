"use strict";
// Which days are shown: the whole period, or one step of it at a time.
luotu.Timeline = function (page) {
  this.page = page;
  this.first = page.data.days.first.split("-").map(Number);
  this.count = page.data.days.count;
  this.step = "all";
  this.place = 0;
  this.spans = [[0, this.count - 1]];
  this.root = luotu.el("div", "timeline");
  L.DomEvent.disableClickPropagation(this.root);
  L.DomEvent.disableScrollPropagation(this.root);
  page.map.getContainer().appendChild(this.root);
};

// Days are counted in UTC, where none is an hour shorter.
luotu.Timeline.prototype.date = function (day) {
  return new Date(Date.UTC(this.first[0], this.first[1] - 1, this.first[2] + day));
};

luotu.Timeline.prototype.iso = function (day) {
  return this.date(day).toISOString().slice(0, 10);
};

luotu.Timeline.prototype.dayText = function (day) {
  var words = luotu.language === "zh" ? "日一二三四五六" : ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  var name = words[this.date(day).getUTCDay()];
  return this.iso(day) + (luotu.language === "zh" ? "（周" + name + "）" : " (" + name + ")");
};

// First and last day of each step; weeks begin on Mondays.
luotu.Timeline.prototype.steps = function (step) {
  if (step === "all") {
    return [[0, this.count - 1]];
  }
  var spans = [];
  for (var day = 0; day < this.count; day += 1) {
    var date = this.date(day);
    var begins = step === "day" || (step === "week" ? date.getUTCDay() === 1 : date.getUTCDate() === 1);
    if (begins || !spans.length) {
      spans.push([day, day]);
    }
    spans[spans.length - 1][1] = day;
  }
  return spans;
};

luotu.Timeline.prototype.span = function () {
  return this.spans[this.place];
};

luotu.Timeline.prototype.text = function () {
  var span = this.span();
  if (span[0] === span[1]) {
    return this.dayText(span[0]);
  }
  return this.iso(span[0]) + (luotu.language === "zh" ? " 至 " : " to ") + this.iso(span[1]);
};

luotu.Timeline.prototype.write = function () {
  var timeline = this;
  var steps = ["all", "month", "week", "day"].map(function (step) { return [step, luotu.say("step_" + step)]; });
  luotu.clear(this.root);
  this.play = luotu.el("button", "play");
  this.play.addEventListener("click", function () { timeline.toggle(); });
  this.slider = luotu.el("input");
  this.slider.type = "range";
  this.slider.min = 0;
  this.slider.setAttribute("aria-label", luotu.say("slider"));
  this.slider.addEventListener("input", function () {
    timeline.stop();
    timeline.goTo(Number(timeline.slider.value));
  });
  var choice = luotu.choice(steps, this.step, function (step) { timeline.setStep(step); });
  choice.setAttribute("aria-label", luotu.say("step"));
  this.label = luotu.el("output");
  luotu.add(this.root, this.play, choice, this.slider, this.label);
  this.show();
};

luotu.Timeline.prototype.setStep = function (step) {
  var day = this.step === "all" ? 0 : this.span()[0];
  this.stop();
  this.step = step;
  this.spans = this.steps(step);
  this.place = this.spans.findIndex(function (span) { return span[1] >= day; });
  this.goTo(this.place);
};

luotu.Timeline.prototype.goTo = function (place) {
  this.place = Math.max(0, Math.min(place, this.spans.length - 1));
  this.show();
  this.page.chooseDays();
};

luotu.Timeline.prototype.show = function () {
  var whole = this.spans.length < 2;
  this.slider.max = this.spans.length - 1;
  this.slider.value = this.place;
  this.slider.setAttribute("aria-valuetext", this.text());
  this.slider.hidden = whole;
  this.play.hidden = whole;
  this.play.textContent = this.timer ? "❚❚" : "▶";
  this.play.title = luotu.say(this.timer ? "pause" : "play");
  this.play.setAttribute("aria-label", this.play.title);
  this.label.textContent = this.text();
};

luotu.Timeline.prototype.toggle = function () {
  if (this.timer) {
    this.stop();
    return;
  }
  var timeline = this;
  if (this.place === this.spans.length - 1) {
    this.goTo(0);
  }
  this.timer = window.setInterval(function () {
    if (timeline.place >= timeline.spans.length - 1) {
      timeline.stop();
    } else {
      timeline.goTo(timeline.place + 1);
    }
  }, this.step === "day" ? 350 : 900);
  this.show();
};

luotu.Timeline.prototype.stop = function () {
  if (this.timer) {
    window.clearInterval(this.timer);
    this.timer = null;
    this.show();
  }
};
