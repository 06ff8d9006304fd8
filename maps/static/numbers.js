"use strict";
// Figures as a person reads them. 1 mu is 2000/3 square metres, 15 mu are a hectare.
luotu.number = function (value, digits) {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits
  });
};

luotu.short = function (value) {
  if (luotu.language === "zh") {
    return value < 10000 ? String(value) : luotu.number(value / 10000, value < 1e5 ? 1 : 0) + "万";
  }
  return value < 10000 ? String(value) : luotu.number(value / 1000, 0) + "k";
};

luotu.mu = function (m2) {
  var mu = (m2 * 3) / 2000;
  var digits = mu < 1 ? 3 : mu < 1000 ? 1 : 0;
  if (luotu.language === "zh" && mu >= 100000) {
    return luotu.number(mu / 10000, 2) + " 万亩";
  }
  return luotu.number(mu, digits) + " " + luotu.say("mu");
};

luotu.ha = function (m2) {
  var ha = m2 / 10000;
  return luotu.number(ha, ha < 1 ? 4 : ha < 1000 ? 2 : 0) + " " + luotu.say("ha");
};

luotu.area = function (m2) {
  if (m2 === null) {
    return luotu.say("no_data");
  }
  return luotu.language === "zh"
    ? luotu.mu(m2) + "（" + luotu.ha(m2) + "）"
    : luotu.ha(m2) + " (" + luotu.mu(m2) + ")";
};

luotu.percent = function (ratio) {
  if (ratio === null) {
    return luotu.say("no_data");
  }
  var percent = 100 * ratio;
  var digits = percent === 0 ? 0 : percent < 0.1 ? 4 : percent < 10 ? 2 : 1;
  return luotu.number(percent, digits) + " %";
};

luotu.points = function (difference) {
  if (difference === null) {
    return luotu.say("no_data");
  }
  var points = 100 * difference;
  var size = Math.abs(points);
  var digits = size === 0 ? 0 : size < 0.1 ? 4 : 2;
  return (points > 0 ? "+" : points < 0 ? "−" : "") + luotu.number(size, digits) +
    (luotu.language === "zh" ? " 个百分点" : " points");
};
