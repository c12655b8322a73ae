reduce (inputs | select(.mag >= 2.5)) as $q ({};
  .[$q.net] |= {count: ((.count // 0) + 1), strongest: ([.strongest, $q.mag] | max)})
| (["network", "count", "strongest"] | @csv), (to_entries | sort_by(.key)[] | [.key, .value.count, .value.strongest] | @csv)
