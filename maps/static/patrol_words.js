"use strict";
// What a map of patrols says otherwise than a map of plots, and what only it says.
luotu.patrolWords = {
  district: ["责任区", "Zone"],
  code: ["编号", "Code"],
  layer_districts: ["责任区", "Zones"],
  layer_names: ["名称", "Names"],
  list: ["责任区", "Zones"],
  search: ["搜索责任区", "Search a zone"],
  vintage: ["责任区版本", "Zones of"],
  no_shape: ["没有范围，图上不显示", "No shape: not on the map"],
  invented_long: [
    "虚构示例：责任区、人员、轨迹与数字均为编造",
    "Invented example: zones, persons, tracks and figures are made up"
  ],
  precision: [
    "图形和轨迹按 {0} 级放大简化，偏差不超过半个像素（约 {1} 米），仅供查看，里程和面积不由此图量算",
    "Shapes and tracks are simplified for zoom {0}, within half a pixel (about {1} m): for looking, not for measuring"
  ]
};

luotu.words.period = ["时段", "Period"];
luotu.words.to_before = ["‹ {0}", "‹ {0}"];
luotu.words.to_after = ["{0} ›", "{0} ›"];
luotu.words.to_month = ["{0}（月）", "{0} (month)"];
luotu.words.to_quarter = ["{0}（季）", "{0} (quarter)"];
luotu.words.to_half = ["{0}（半年）", "{0} (half year)"];
luotu.words.to_year = ["{0}（年）", "{0} (year)"];
luotu.words.days = ["{0} 天", "{0} days"];
luotu.words.tracks = ["巡护轨迹", "Patrol tracks"];
luotu.words.track = ["轨迹", "Track"];
luotu.words.findings = ["发现问题", "Findings"];
luotu.words.finding = ["问题", "Finding"];
luotu.words.finding_state = ["状态", "State"];
luotu.words.finding_kind = ["类型", "Kind"];
luotu.words.found_at = ["发现日期", "Found on"];
luotu.words.deadline = ["整改期限", "Deadline"];
luotu.words.note = ["说明", "Note"];
luotu.words.past_deadline = ["已超过整改期限", "Past its deadline"];
luotu.words.ranger = ["巡护人", "Walker"];
luotu.words.day = ["日期", "Day"];
luotu.words.hours = ["时间", "Time"];
luotu.words.length = ["里程", "Length"];
luotu.words.duration = ["时长", "Duration"];
luotu.words.minutes = ["{0} 分钟", "{0} min"];
luotu.words.result = ["评定", "Result"];
luotu.words.reason = ["原因", "Why"];
luotu.words.by_result = ["按评定", "by result"];
luotu.words.by_walker = ["按责任区（护林员）", "by zone (ranger)"];
luotu.words.each_zone = ["每个责任区一种颜色，相邻的不同", "A colour for each zone; neighbours differ"];
luotu.words.of_zone = ["责任区", "Zone"];
luotu.words.step_all = ["整个时段", "Whole period"];
luotu.words.step_month = ["逐月", "By month"];
luotu.words.step_week = ["逐周", "By week"];
luotu.words.step_day = ["逐日", "By day"];
luotu.words.step = ["时间", "Time"];
luotu.words.play = ["播放", "Play"];
luotu.words.pause = ["暂停", "Pause"];
luotu.words.slider = ["时间滑块", "Time slider"];
luotu.words.tracks_total = ["{0} 条轨迹，{1}", "{0} tracks, {1}"];
luotu.words.no_tracks_here = ["此时段没有轨迹", "No tracks in this time"];
luotu.words.more_tracks = ["此处共 {1} 条轨迹，列出最近 {0} 条", "The last {0} of {1} tracks here"];
luotu.words.findings_total = ["{0} 个问题", "{0} findings"];
luotu.words.overdue_edge = ["逾期责任区用粗虚线围出", "Overdue zones have a thick dashed edge"];
luotu.words.overdue_ring = ["粗圈：已超过期限", "thick ring: past its deadline"];
