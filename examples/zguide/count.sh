#!/bin/sh
# count.sh [GUIDE]: how many lines each pattern takes here, as rows of the table
# in README.md, and with GUIDE, a clone of github.com/booksbyus/zguide, how many
# in the guide's C. Blank lines and comments don't count, nor what opencore
# generates.
cd "$(dirname "$0")" || exit
guide=$1

lines() { cat "$@" | awk '
	/^[ \t]*\/\*/ { inside = 1 }
	!inside && !/^[ \t]*(\/\/.*)?$/ { n++ }
	/\*\/[ \t]*$/ { inside = 0 }
	END { print n + 0 }'; }

row() {
	name=$1
	shift
	go=0
	[ -f "$name/$name.go" ] && go=$(lines "$name/$name.go")
	all=$(($(lines "$name/$name.actors") + go))
	files=
	for f; do files="$files${files:+ }$f.c"; done
	if [ -n "$guide" ]; then
		c=0
		for f; do c=$((c + $(lines "$guide/examples/C/$f.c"))); done
		echo "| [$name]($name/$name.actors) | $all | $go | $c | $files |"
	else
		echo "| [$name]($name/$name.actors) | $all | $go |"
	fi
}

row weather wuserver wuclient
row ventilator taskvent taskwork tasksink
row proxy wuproxy
row broker lbbroker
row lazypirate lpclient lpserver
row paranoidpirate lpclient ppqueue ppworker
row snail suisnail
row lastvalue pathopub lvcache pathosub
