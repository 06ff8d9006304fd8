"use strict";
// The only places where text becomes part of the page: textContent, never mark-up.
luotu.el = function (tag, name, text) {
  var element = document.createElement(tag);
  if (name) {
    element.className = name;
  }
  if (text !== undefined && text !== null) {
    element.textContent = text;
  }
  return element;
};

// What a user typed: kept in its own direction, whatever it does.
luotu.user = function (text, name) {
  var element = luotu.el("bdi", name, text);
  element.dir = "auto";
  return element;
};

luotu.add = function (parent) {
  for (var i = 1; i < arguments.length; i += 1) {
    parent.appendChild(arguments[i]);
  }
  return parent;
};

luotu.clear = function (element) {
  while (element.firstChild) {
    element.removeChild(element.firstChild);
  }
  return element;
};

luotu.swatch = function (colour, kind) {
  var swatch = luotu.el("span", "swatch" + (kind ? " " + kind : ""));
  if (colour) {
    swatch.style.setProperty("--colour", colour);
  }
  return swatch;
};

luotu.choice = function (options, value, onChange) {
  var select = luotu.el("select");
  options.forEach(function (option) {
    var item = luotu.el("option", "", option[1]);
    item.value = option[0];
    select.appendChild(item);
  });
  select.value = value;
  select.addEventListener("change", function () {
    onChange(select.value);
  });
  return select;
};

luotu.labelled = function (word, control) {
  var label = luotu.el("label", "field");
  return luotu.add(label, luotu.el("span", "", luotu.say(word)), control);
};
